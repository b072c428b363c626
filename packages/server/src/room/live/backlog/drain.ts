import { addressKey } from '../../../core/address-key.ts'
import type { Reader } from '../../../core/fairness/read-queue.ts'
import { type ConnectionOwner, type Sink, waitingLimit } from '../sink.ts'

/** What a connection needs for waiting until its client has read its backlog. */
export type Draining = {
  readonly id: string
  readonly sink: Sink
  owner: ConnectionOwner
  closed: boolean
  /** Subscriptions that were skipped, called back when the client has read its backlog. */
  draining: boolean
  /** Other callbacks for that; also called when the connection ends. */
  readonly drained: (() => void)[]
}

/** Reads of rooms that run at once for one connection. */
const readsAtOnce = 2

/** Calls `tell` when the client has read its backlog; registered once, in however many rooms it is skipped. */
export function awaitDrain<C extends Draining>(connection: C, tell: (connection: C) => void): void {
  if (connection.draining) return
  connection.draining = true
  connection.sink.whenDrained(() => {
    connection.draining = false
    if (!connection.closed) tell(connection)
  })
}

/** Calls the callbacks that wait for the client besides rooms; also when the connection has ended. */
export function tellDrained({ drained }: Draining): void {
  for (const run of drained.splice(0)) run()
}

/** Whether a client's backlog is over its limit: then nothing is read for it, and it gets no signals. */
export const isBehind = (sink: Sink): boolean => sink.waiting() > waitingLimit || sink.own() > waitingLimit

/** A connection as a reader of the read queue: nothing is read while its backlog is over 64 KiB (rule RC7). */
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
    isGone: () => connection.closed,
    hearsRefusals: false,
  }
}

/** The reader of a connection that is gone. */
export const gone = (key: string): Reader => ({
  ...{ key, address: '', atOnce: readsAtOnce },
  isBehind: () => false,
  whenDrained: () => undefined,
  isGone: () => true,
  hearsRefusals: false,
})
