import { addressKey } from '../../core/address-key.ts'
import type { Reader } from '../../core/turns/turns.ts'
import { type ConnectionOwner, type Sink, waitingLimit } from './sink.ts'

/** A connection, as far as it is waited for until its client has taken what waits. */
export type Draining = {
  readonly id: string
  readonly sink: Sink
  owner: ConnectionOwner
  closed: boolean
  /** Passed over and told when the client has taken what waits. */
  draining: boolean
  /** What else waits for that; it is told as well when the connection ends. */
  readonly drained: (() => void)[]
}

/** Reads of rooms under way at once for one connection. */
const readsAtOnce = 2

/** Calls `tell` when the client has taken what waits; asked once, in however many rooms it is passed over. */
export function awaitDrain<C extends Draining>(connection: C, tell: (connection: C) => void): void {
  if (connection.draining) return
  connection.draining = true
  connection.sink.whenDrained(() => {
    connection.draining = false
    if (!connection.closed) tell(connection)
  })
}

/** Tells what waits for the client besides rooms; also when the connection has ended. */
export function tellDrained({ drained }: Draining): void {
  for (const run of drained.splice(0)) run()
}

/** Whether more waits for a client than it may: then nothing is read for it, and it is sent no signals. */
export const isBehind = (sink: Sink): boolean => sink.waiting() > waitingLimit || sink.own() > waitingLimit

/** A connection as one that is read for: nothing more while over 64 KiB wait for its client (rule RC7). */
export function readerOf<C extends Draining>(connection: C, tell: (connection: C) => void): Reader {
  return {
    key: connection.id,
    address: addressKey(connection.owner.address),
    atOnce: readsAtOnce,
    isBehind: () => !connection.closed && isBehind(connection.sink),
    whenDrained(run) {
      connection.drained.push(run)
      awaitDrain(connection, tell)
    },
  }
}

/** Stands in for a connection that is gone: what is read for it comes to its end by itself. */
export const gone = (key: string): Reader => ({
  ...{ key, address: '', atOnce: readsAtOnce },
  isBehind: () => false,
  whenDrained: () => undefined,
})
