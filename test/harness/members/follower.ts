import { EventStream, type StreamEvent } from '../event-stream.ts'
import { Recorder } from '../recorder.ts'

/** Follows an event stream as EventSource does: opens it again with the last id whenever it ends. */
export class Follower {
  readonly heard = new Recorder<StreamEvent>()
  /** The status of each opening of the stream. */
  readonly openings = new Recorder<number>()
  #stream: EventStream | null = null
  #lastId: string | null = null
  #stopped = false
  readonly #ended: Promise<void>

  constructor(url: string, path: string) {
    this.#ended = this.#follow(url, path)
  }

  async #follow(url: string, path: string) {
    while (!this.#stopped) {
      const stream = new EventStream(url, path, { lastId: this.#lastId, heard: this.heard })
      this.#stream = stream
      const response = await stream.response.catch(() => null)
      if (response) this.openings.push(response.statusCode ?? 0)
      await stream.closed
      this.#lastId = stream.lastId
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#stream?.[Symbol.dispose]()
    await this.#ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
