import { AppError } from '../core/error.ts'
import { newSecret } from '../core/id.ts'
import type { SqliteDatabase } from '../platform/db/sqlite.ts'
import type { Batch } from './batch.ts'
import { type CommitDeps, createIntake, isUnavailable, type Pending, roomBatch } from './commit-intake.ts'
import { evaluate, type Outcome } from './evaluate.ts'
import { createSqliteRooms, type SqliteRooms } from './sql/sqlite.ts'
import type { RoomBatch, RoomEngine } from './types.ts'

/** Calls that were written and wait for the disk. */
type Written = { settled: { pending: Pending; outcome: Outcome }[]; batches: RoomBatch[] }

/**
 * Group commit on SQLite. The calls of one turn of the loop, of any rooms, share a transaction. While a sync is under
 * way, calls gather until it ends or until they fill a batch: written earlier they would wait for the same next sync.
 */
export function createSqliteCommits(db: SqliteDatabase, deps: CommitDeps): Pick<RoomEngine, 'commit' | 'drain'> {
  const { clock, limits, onCommit, metrics } = deps
  const rooms = createSqliteRooms(db)
  const intake = createIntake(limits)
  let queue: Pending[] = []
  let scheduled = false
  let syncing = 0

  function schedule() {
    if (scheduled || queue.length === 0) return
    if (syncing > 0 && queue.length < limits.batchCalls) return
    scheduled = true
    const gate = db.gate()
    if (gate === null) setImmediate(writeNext)
    else gate.then(reschedule, reschedule)
  }

  function reschedule() {
    scheduled = false
    schedule()
  }

  function writeNext() {
    scheduled = false
    if (db.gate() !== null) return schedule()
    const started = clock.monotonic()
    const { taken, written } = take(started)
    metrics?.observe('parlor_batch_calls', taken)
    void settle(written, started)
    schedule()
  }

  /** Writes calls from the front of the queue in one transaction, or one by one when that failed (rule C5). */
  function take(started: number): { taken: number; written: Written } {
    const taken = queue.slice(0, limits.batchCalls)
    const written: Written = { settled: [], batches: [] }
    try {
      writeBatch(rooms, db, deps, taken, started + limits.batchMs, written)
    } catch (thrown) {
      writeSingly(taken, thrown, written)
    }
    queue = queue.slice(written.settled.length)
    return { taken: written.settled.length, written }
  }

  function writeSingly(taken: readonly Pending[], thrown: unknown, written: Written) {
    if (taken.length === 1 || isUnavailable(thrown)) {
      const outcome: Outcome = { ok: false, error: AppError.from(thrown) }
      written.settled = taken.map((pending) => ({ pending, outcome }))
      written.batches = []
      return
    }
    for (const pending of taken) {
      try {
        writeBatch(rooms, db, deps, [pending], Number.POSITIVE_INFINITY, written)
      } catch (error) {
        written.settled.push({ pending, outcome: { ok: false, error: AppError.from(error) } })
      }
    }
  }

  /** Rule C1: after the disk has it, all calls are answered and then all rooms are told, in one turn. */
  async function settle({ settled, batches }: Written, started: number) {
    syncing++
    const failure = await db.durable().then(
      () => null,
      (thrown: unknown): Outcome => ({ ok: false, error: AppError.from(thrown) }),
    )
    syncing--
    metrics?.observe('parlor_commit_seconds', (clock.monotonic() - started) / 1000)
    const unavailable = failure !== null || settled.some(({ outcome }) => !outcome.ok && isUnavailable(outcome.error))
    if (unavailable) metrics?.count('parlor_storage_failures_total')
    schedule()
    for (const { pending, outcome } of settled) intake.settle(pending, failure ?? outcome)
    if (failure === null) for (const batch of batches) onCommit(batch)
  }

  return {
    commit: (call) =>
      intake.admit(call, (pending) => {
        queue.push(pending)
        schedule()
      }),
    drain: intake.drain,
  }
}

/** One transaction: evaluates calls until `until` on the clock, writes what they did, and adds to `written` when it is committed. */
function writeBatch(
  rooms: SqliteRooms,
  db: SqliteDatabase,
  { clock, limits, projectors }: CommitDeps,
  calls: readonly Pending[],
  until: number,
  written: Written,
) {
  const now = clock.now()
  const settled: Written['settled'] = []
  let created = 0
  const batch: Batch = {
    now,
    limits,
    rooms: new Map(),
    applied: [],
    jobs: [],
    allocate: () => ({ num: rooms.nextNum() + created++, epoch: newSecret(9) }),
  }
  db.transaction(() => {
    for (const pending of calls) {
      settled.push({ pending, outcome: evaluate(batch, rooms.load(batch, pending.call), pending.call) })
      if (clock.monotonic() >= until) break
    }
    rooms.write(batch)
    for (const project of projectors) rooms.project(project(batch.applied))
  })
  written.settled.push(...settled)
  for (const room of batch.rooms.values()) {
    const made = roomBatch(room, now)
    if (made !== null) written.batches.push(made)
  }
}
