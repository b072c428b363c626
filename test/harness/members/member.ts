import { Recorder } from '../recorder.ts'
import { RoomView } from './room-view.ts'
import { type ClientOptions, SocketClient } from '../socket-client.ts'
import type { Joined, JsonObject, Message, Reply } from '../wire.ts'

/**
 * A member that behaves as the documents ask: it reconnects by itself, joins with its cursor, and sends messages that were
 * not acknowledged again with the same `client_id`.
 */
export class Member {
  readonly client: SocketClient
  readonly view: RoomView
  /** Acknowledged messages by client_id. */
  readonly acknowledged = new Map<string, Message>()
  readonly acks = new Recorder<Message>()
  /** Refusals with `retry: later`. */
  readonly refusals = new Recorder<Reply<unknown>>()
  /** Answered joins, including those after a cut. */
  readonly joins = new Recorder<Joined>()
  /** The view's position after each change. */
  readonly #positions = new Recorder<number>()
  #here = Promise.withResolvers<void>()
  #isHere = false
  #leaving = false

  constructor(url: string, room_id: string, { token, ...options }: ClientOptions) {
    this.view = new RoomView(room_id)
    this.client = new SocketClient(url, {
      token,
      reconnection: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 100,
      timeout: 5000,
      ...options,
    })
    const { socket } = this.client
    socket.onAny((event: string, data: JsonObject) => {
      this.view.hear({ event, data })
      this.#positions.push(this.view.seq ?? 0)
    })
    socket.on('connect', () => this.#join())
    socket.on('disconnect', () => {
      this.view.detached()
      // Callers that already wait keep the same promise.
      if (this.#isHere) this.#here = Promise.withResolvers<void>()
      this.#isHere = false
    })
  }

  #join() {
    const { socket } = this.client
    const asked = { room_id: this.view.room_id, ...this.view.cursor() }
    // The answer is applied within its own packet, because events may follow it directly.
    socket.timeout(10_000).emit('join_room', asked, (error: Error | null, reply: Reply<Joined>) => {
      if (error === null && reply.ok) {
        this.view.joined(asked, reply.data)
        this.joins.push(reply.data)
        this.#positions.push(reply.data.seq)
        this.#isHere = true
        this.#here.resolve()
        return
      }
      if (error === null) this.refusals.push(reply)
      // Refused for now, or not answered: join again on a new connection, as a reconnecting client does.
      if (socket.connected) socket.io.engine.close()
    })
  }

  /** Resolves when the member is in the room. */
  async here(): Promise<void> {
    await this.#here.promise
  }

  /** Sends a message until it is acknowledged. */
  async send(client_id: string, content: string): Promise<Message> {
    for (;;) {
      await this.here()
      const payload = { room_id: this.view.room_id, content, client_id }
      const reply = await this.client.request<Message>('send_message', payload).catch(() => null)
      if (this.#leaving) throw new Error(`${client_id} was not acknowledged before the end`)
      if (reply === null) continue
      if (reply.ok) {
        this.acknowledged.set(client_id, reply.data)
        this.acks.push(reply.data)
        return reply.data
      }
      if (reply.retry === 'never') throw new Error(`${client_id} was refused: ${JSON.stringify(reply)}`)
      this.refusals.push(reply)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Resolves when the view has reached this position. */
  async reaches(seq: number, ms = 20_000): Promise<void> {
    await this.#positions.until((position) => position >= seq, `position ${seq}`, { ms })
  }

  /** What it knows of the room's messages, and whether it was never told of a hole; a wrong answer is a problem too. */
  seen(): { messages: JsonObject[]; isWhole: boolean; problems: readonly string[] } {
    const { view } = this
    const wrong = view.joins
      .slice(1)
      .filter(({ asked, reply }) => reply.recovered !== reply.seq - Number(asked['after_seq']) <= 500)
    return {
      messages: view.inOrder('new_message').map(({ data }) => data),
      isWhole: view.joins.every(({ reply }, n) => n === 0 || reply.recovered),
      problems: [...view.problems, ...wrong.map(({ reply }) => `recovered at ${reply.seq}: ${reply.recovered}`)],
    }
  }

  [Symbol.dispose](): void {
    this.#leaving = true
    this.client.socket.disconnect()
  }
}
