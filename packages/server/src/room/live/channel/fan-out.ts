import type { Channel, Connection } from './channel.ts'

/**
 * Members served in one turn of the event loop, and the ms that this may take, once for connections with frames of
 * their own and once for passes: longer would delay other work too much. The clock is read after every few members.
 */
const slice = { members: 250, ms: 0.5, few: 25 }

/**
 * Decides when members are written. A turn (`setImmediate`: no timer, no delay when idle, not scheduled without work) first
 * serves the connections that have frames of their own, so that an ack and the frames behind it leave in one write
 * (rule L4), then continues passes over channels. A channel's next pass starts when its last one has ended: commits in
 * between make it longer instead of more frequent.
 */
export class FanOut {
  #connections: Connection[] = []
  /** Channels with a running or waiting pass, the next one to continue first. */
  #channels: Channel[] = []
  /** Of those, the ones with something new since their pass began. */
  readonly #again = new Set<Channel>()
  readonly #waiting = new Set<Channel>()
  #hasTurn = false
  readonly #onFailed: (connection: Connection, error: unknown) => void

  constructor(onFailed: (connection: Connection, error: unknown) => void) {
    this.#onFailed = onFailed
  }

  /** Something is new in the channel. */
  schedule(channel: Channel): void {
    if (this.#waiting.has(channel)) {
      if (channel.passing) this.#again.add(channel)
      return
    }
    this.#waiting.add(channel)
    this.#channels.push(channel)
    this.#scheduleTurn()
  }

  /** The connection has frames of its own, or waits for its room's frames. */
  scheduleConnection(connection: Connection): void {
    if (connection.scheduled) return
    connection.scheduled = true
    this.#connections.push(connection)
    this.#scheduleTurn()
  }

  /** Writes everything that waits for this connection now. */
  serve(connection: Connection): void {
    for (const subscription of connection.subscriptions.slice()) {
      if (!connection.closed) subscription.channel.serve(subscription)
    }
    if (connection.closed) return
    try {
      connection.sink.flush()
    } catch (error) {
      this.#onFailed(connection, error)
    }
  }

  #scheduleTurn(): void {
    if (this.#hasTurn) return
    this.#hasTurn = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#hasTurn = false
    this.#serveConnections()
    this.#goOn()
    if (this.#connections.length > 0 || this.#channels.length > 0) this.#scheduleTurn()
  }

  #serveConnections(): void {
    const until = performance.now() + slice.ms
    let served = 0
    for (const connection of this.#connections) {
      connection.scheduled = false
      this.serve(connection)
      served += 1
      if (served === slice.members || (served % slice.few === 0 && performance.now() > until)) break
    }
    this.#connections = served === this.#connections.length ? [] : this.#connections.slice(served)
  }

  #goOn(): void {
    const until = performance.now() + slice.ms
    let left = slice.members
    let done = 0
    for (const channel of this.#channels) {
      if (!channel.passing) channel.beginPass()
      while (channel.passing && left > 0 && performance.now() <= until) {
        left -= channel.continuePass(Math.min(left, slice.few))
      }
      if (channel.passing) break
      done += 1
      this.#waiting.delete(channel)
    }
    const ended = this.#channels.splice(0, done)
    for (const channel of ended) {
      if (this.#again.delete(channel) && !channel.closed) this.schedule(channel)
    }
  }
}
