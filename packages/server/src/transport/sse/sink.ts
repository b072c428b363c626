import type { ServerResponse } from 'node:http'
import type { CutReason, Frame, Range, Sink } from '../../room/live/sink.ts'
import type { StreamCursor } from './cursor.ts'

/** Ms after which a client comes back: told at the start, and spread out when the server stops and all come at once. */
const retry = { usual: 2000, afterStop: { from: 1000, within: 4000 } }

/** One event as all streams are sent it; each puts its own `id:` in front. */
type Piece = { seq: number; text: string }

/** A stream of Server-Sent Events (HTML standard, 9.2) as the live side writes to it. */
export class EventStreamSink implements Sink {
  readonly #response: ServerResponse
  readonly #cursor: StreamCursor
  /** What is for this client alone, in front of the next write. */
  #own = ''
  /** The answer has begun: until then nothing is written, so that a refusal can still be one. */
  #hasStarted = false
  #isCut = false

  constructor(response: ServerResponse, cursor: StreamCursor) {
    // Each room that catches up may wait for the client to read.
    this.#response = response.setMaxListeners(0)
    this.#cursor = cursor
  }

  /**
   * An event of its own carries the first `id:`, so that a client which then hears nothing resumes from here. A block of an
   * `id:` alone would do for browsers, but httpx-sse hands it over as an empty message.
   */
  start(): void {
    this.#hasStarted = true
    const cursor = this.#cursor.toString()
    // An empty id would make the client forget the one that it came with, before it heard what of that is lost.
    this.#send(`retry: ${retry.usual}\n${cursor && `id: ${cursor}\n`}${eventText('ready', '{}')}`)
  }

  get isCut(): boolean {
    return this.#isCut
  }

  waiting(): number {
    return this.#response.writableLength
  }

  /** Each stream has ids of its own: nothing that waits for it is shared. */
  own(): number {
    return this.#response.destroyed ? 0 : this.#response.writableLength + this.#own.length
  }

  write(range: Range): void {
    let text = this.#own
    this.#own = ''
    for (const piece of range.encoded(encodeFrames)) {
      text += piece.seq > 0 ? `id: ${this.#cursor.move(range.room, piece.seq)}\n${piece.text}` : piece.text
    }
    this.#send(text)
  }

  /** The room's changes up to here are lost to this client: it must read the room anew. */
  reset(room: { num: number; id: string }, last_seq: number): void {
    const id = this.#cursor.move(room.num, last_seq)
    this.#own += `id: ${id}\n${eventText('reset', JSON.stringify({ room_id: room.id, last_seq }))}`
    this.flush()
  }

  emit(event: string, json: string): void {
    this.#own += eventText(event, json)
  }

  flush(): void {
    const text = this.#own
    this.#own = ''
    if (text !== '') this.#send(text)
  }

  /**
   * Keeps proxies from thinking that nobody is there. A client that does not read needs none. No empty line follows, which
   * would end a block: some clients hand over every block as a message once they know an id.
   */
  comment(): void {
    if (this.waiting() === 0) this.#send(':\n')
  }

  whenDrained(run: () => void): void {
    this.flush()
    if (this.#response.writableNeedDrain) this.#response.once('drain', run)
    else setImmediate(run)
  }

  /** Before the start it is left to who opens the stream to refuse it. */
  cut(reason: CutReason): void {
    this.#isCut = true
    if (!this.#hasStarted) return
    if (reason === 'slow' || reason === 'failed') {
      this.#response.destroy()
      return
    }
    this.flush()
    const { from, within } = retry.afterStop
    if (reason === 'shutdown') this.#send(`retry: ${from + Math.floor(Math.random() * within)}\n`)
    this.#response.end()
  }

  drop(): void {
    this.#response.destroy()
  }

  #send(text: string): void {
    if (this.#hasStarted && !this.#response.writableEnded && !this.#response.destroyed) this.#response.write(text)
  }
}

const eventText = (event: string, json: string): string => `event: ${event}\ndata: ${json}\n\n`

const encodeFrames = (frames: readonly Frame<string>[]): Piece[] =>
  frames.map(({ seq, event, json }) => ({ seq, text: eventText(event, json) }))
