import type { ServerResponse } from 'node:http'
import type { AnyCaller } from '../../core/caller.ts'
import { callersReader, type Reader } from '../../core/fairness/read-queue.ts'
import type { Live } from '../../room/live/live.ts'

/** Answers up to here are not counted: nearly all are smaller, and are gone with one write. */
const uncounted = 16 * 1024
/** Bytes of answers that a caller has not taken, over which nothing more is read for them: two of the largest pages. */
const untakenLimit = 512 * 1024

/**
 * Answers to calls that their clients have not taken yet. A caller has no backlog as a connection has; but whoever asks over
 * many connections and reads from none would have as many answers kept in memory (rules T4, L8).
 */
export type Answers = {
  /** `response`: that of the call that reads. */
  readerOf(caller: AnyCaller, response: ServerResponse): Reader
  /** An answer of so many bytes is sent. It counts until all of it was handed to the system, or its connection is gone. */
  sent(caller: AnyCaller, bytes: number, response: ServerResponse): void
}

type Untaken = { bytes: number; drained: (() => void)[] }

export function createAnswers(holds: Live['holds']): Answers {
  const byCaller = new Map<string, Untaken>()

  function taken(key: string, bytes: number): void {
    const untaken = byCaller.get(key)
    if (!untaken) return
    untaken.bytes -= bytes
    if (untaken.bytes === 0) byCaller.delete(key)
    if (untaken.bytes > untakenLimit) return
    for (const run of untaken.drained.splice(0)) run()
  }

  return {
    readerOf(caller, response) {
      const reader = callersReader(caller)
      return {
        ...reader,
        isBehind: () => (byCaller.get(reader.key)?.bytes ?? 0) > untakenLimit,
        whenDrained(run) {
          const untaken = byCaller.get(reader.key)
          if (untaken) untaken.drained.push(run)
          else run()
        },
        isGone: () => response.closed,
      }
    },
    sent(caller, bytes, response) {
      // One that has ended already would never be taken off again.
      if (bytes <= uncounted || response.closed) return
      const { key } = callersReader(caller)
      const untaken = byCaller.get(key) ?? { bytes: 0, drained: [] }
      byCaller.set(key, untaken)
      untaken.bytes += bytes
      let own = bytes
      response.once('close', () => {
        own = 0
        taken(key, bytes)
      })
      const sink = { own: () => own, drop: () => void response.destroy() }
      holds({ id: null, owner: { address: caller.address }, sink, closed: false }, bytes)
    },
  }
}
