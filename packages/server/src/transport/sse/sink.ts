import type { ServerResponse } from 'node:http'
import type { CutReason, Frame, Range, Sink } from '../../room/live/sink.ts'
import type { StreamCursor } from './cursor.ts'

/**
 * Reconnection times in ms: sent at the start; and random ones when the server stops, so that clients do not all return
 * at once.
 */
const retry = { usual: 2000, afterStop: { from: 1000, within: 4000 } }

/** An event as all streams receive it; each puts its own `id:` before it. */
type Piece = { seq: number; text: string }

/** A stream of Server-Sent Events (HTML standard, 9.2) as a sink of the live side. */
export class EventStreamSink implements Sink {
  readonly #response: ServerResponse
  readonly #cursor: StreamCursor
  /** Queued for this client alone; sent before the next write. */
  #own = ''
  /** False until the response has begun: nothing is written before, so that the request can still be refused. */
  #hasStarted = false
  #isCut = false

  constructor(response: ServerResponse, cursor: StreamCursor) {
    // Each room that catches up may add a `drain` listener.
    this.#response = response.setMaxListeners(0)
    this.#cursor = cursor
  }

  /**
   * The `ready` event carries the first `id:`, so that a client that receives nothing else resumes from here. A block
   * with only an `id:` would do for browsers, but httpx-sse delivers it as an empty message.
   */
  start(): void {
    this.#hasStarted = true
    const cursor = this.#cursor.toString()
    // An empty id would make the client forget its cursor before it learns which rooms to read again.
    this.#send(`retry: ${retry.usual}\n${cursor && `id: ${cursor}\n`}${eventText('ready', '{}')}`)
  }

  get isCut(): boolean {
    return this.#isCut
  }

  waiting(): number {
    return this.#response.writableLength
  }

  /** Each stream has its own ids, so none of its queued bytes are shared. */
  own(): number {
    return this.#response.destroyed ? 0 : this.#response.writableLength + this.#own.length
  }

  write(range: Range): void {
    let text = this.#own
    this.#own = ''
    for (const piece of range.encodings(encodeFrames).flat()) {
      text += piece.seq > 0 ? `id: ${this.#cursor.move(range.room, piece.seq)}\n${piece.text}` : piece.text
    }
    this.#send(text)
  }

  /** The client has missed this room's changes up to here: it must read the room again. */
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
   * Keeps proxies from closing the connection as idle. A slow consumer does not need it. No empty line follows: it
   * would end a block, which some clients deliver as a message once they know an id.
   */
  comment(): void {
    if (this.waiting() === 0) this.#send(':\n')
  }

  whenDrained(run: () => void): void {
    this.flush()
    if (this.#response.writableNeedDrain) this.#response.once('drain', run)
    else setImmediate(run)
  }

  /** Before the start only marks the stream: the code that opens it then refuses the request. */
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

/** A stream is text: events with an attachment are not sent on it (rule BE1). */
const encodeFrames = (frames: readonly Frame<string>[]): Piece[] =>
  frames.filter(({ attachment }) => !attachment).map(({ seq, event, json }) => ({ seq, text: eventText(event, json) }))
