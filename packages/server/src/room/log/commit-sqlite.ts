import { AppError } from '../../core/error.ts'
import { newSecret } from '../../core/id.ts'
import type { SqliteDatabase } from '../../platform/db/sqlite/sqlite.ts'
import type { JobWrite } from '../../platform/jobs/jobs.ts'
import type { Batch, RoomState } from './batch.ts'
import { type CommitDeps, createPendingCalls, isUnavailable, type Pending, roomBatch } from './pending-calls.ts'
import { createDurableRooms, type DurableRooms } from './durable-rooms.ts'
import { evaluate, type Outcome } from './evaluate.ts'
import { StaleCommits, withoutHeld } from './stale-commits.ts'
import { createSqliteRooms, type SqliteRooms } from '../sql/sqlite.ts'
import type { Op, RoomEngine } from '../types.ts'
import { roomMetrics } from '../metrics.ts'

type SqliteCommits = Pick<RoomEngine, 'commit' | 'drain'> & {
  durable: Pick<DurableRooms, 'get' | 'remember'>
  /** To be called after each other transaction that wrote to rooms. */
  forget(): void
}

/** Calls that are written and wait for the sync. `taken`: with those that were held back (rule C14). */
type Written = {
  taken: number
  settled: { pending: Pending; outcome: Outcome }[]
  rooms: RoomState[]
  jobs: readonly JobWrite[]
}

/**
 * Group commit on SQLite. The calls of one turn of the loop, of any rooms, share a transaction. While a sync is under
 * way, calls gather until it ends or until they fill a batch: written earlier they would wait for the same next sync.
 */
export function createSqliteCommits(db: SqliteDatabase, deps: CommitDeps): SqliteCommits {
  const { clock, limits, onCommit, metrics } = deps
  const rooms = createSqliteRooms(db)
  const pendingCalls = createPendingCalls(limits)
  const durable = createDurableRooms()
  let queue: Pending[] = []
  let scheduled = false
  let syncing = 0
  /** Calls that a transaction has time for, estimated from the last ones. */
  let fitting = limits.batchCalls

  function enqueue(pending: Pending) {
    queue.push(pending)
    schedule()
  }

  function schedule() {
    if (scheduled || queue.length === 0) return
    if (syncing > 0 && queue.length < fitting) return
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
    const written = take(started)
    fitting = fit(fitting, written.settled.length, (clock.monotonic() - started) / limits.batchMs)
    metrics?.observe(roomMetrics.parlor_batch_calls, written.settled.length)
    void settle(written, started)
    schedule()
  }

  /**
   * Writes calls from the front of the queue in one transaction, as many as fit. Their client_ids are looked up only if the index
   * refuses one, because hardly any was used before. After another SQL error the calls run one by one (rule C5).
   */
  function take(started: number): Written {
    const calls = queue.slice(0, Math.min(fitting, limits.batchCalls))
    let written: Written
    try {
      written = writeBatch(rooms, db, deps, { calls, until: started + limits.batchMs, lookUp: false, enqueue })
    } catch (thrown) {
      written = isUnavailable(thrown) ? refuseAll(calls, thrown) : writeAgain(calls)
    }
    queue = withoutHeld(queue.slice(written.taken), enqueue)
    return written
  }

  /** With the full time again, because the first attempt may have used all of it. */
  function writeAgain(calls: readonly Pending[]): Written {
    try {
      return writeBatch(rooms, db, deps, { calls, until: clock.monotonic() + limits.batchMs, lookUp: true, enqueue })
    } catch (thrown) {
      if (calls.length === 1 || isUnavailable(thrown)) return refuseAll(calls, thrown)
      const each = calls.map((pending) => writeAgain([pending]))
      return {
        taken: calls.length,
        settled: each.flatMap(({ settled }) => settled),
        rooms: each.flatMap((written) => written.rooms),
        jobs: each.flatMap(({ jobs }) => jobs),
      }
    }
  }

  /** Rule C1: after the sync, all calls are answered and then all rooms get their batches, in one event loop turn. */
  async function settle({ settled, rooms, jobs }: Written, started: number) {
    syncing++
    for (const room of rooms) durable.wrote(room)
    const failure = await db.durable().then(
      () => null,
      (thrown: unknown): Outcome => ({ ok: false, error: AppError.from(thrown) }),
    )
    syncing--
    metrics?.observe(roomMetrics.parlor_commit_seconds, (clock.monotonic() - started) / 1000)
    const unavailable = failure !== null || settled.some(({ outcome }) => !outcome.ok && isUnavailable(outcome.error))
    if (unavailable) metrics?.count(roomMetrics.parlor_storage_failures_total)
    schedule()
    if (failure === null) for (const room of rooms) durable.synced(room)
    if (failure === null && jobs.length > 0) deps.jobs.committed(jobs)
    for (const { pending, outcome } of settled) pendingCalls.settle(pending, failure ?? outcome)
    if (failure === null) for (const room of rooms) tell(room)
  }

  function tell(room: RoomState) {
    const batch = roomBatch(room)
    if (batch !== null) onCommit(batch)
  }

  return {
    commit: (call) => pendingCalls.admit(call, enqueue),
    drain: pendingCalls.drain,
    durable,
    forget() {
      rooms.forget()
      durable.forget()
    },
  }
}

/** Calls that every transaction takes, however long they run: with fewer, the cost of the transaction itself would dominate. */
const fewest = 16

/**
 * How many calls fit into a transaction when `calls` took so much of its time (1: all of it). When a call has been run its
 * rows are still to be written and the transaction to be ended, which only the last ones can tell. Half of what the
 * measurement says counts, for another process may have had the core.
 */
export function fit(fitting: number, calls: number, share: number): number {
  if (calls === 0 || share <= 0) return fitting
  return Math.max(fewest, (fitting + Math.min(calls / share, 2 * fitting)) / 2)
}

type Work = {
  calls: readonly Pending[]
  /** No call begins after this monotonic time. */
  until: number
  /** Whether client_ids are looked up before a call runs, or only when it was refused. */
  lookUp: boolean
  /** Puts a call that was held back into the queue again. */
  enqueue: (pending: Pending) => void
}

/** One transaction with as many of the calls as there is time for. */
function writeBatch(rooms: SqliteRooms, db: SqliteDatabase, deps: CommitDeps, work: Work): Written {
  const { clock, limits, projectors } = deps
  const { calls, until, lookUp, enqueue } = work
  const now = clock.now()
  const settled: Written['settled'] = []
  const stale = new StaleCommits()
  let created = 0
  const batch: Batch = {
    now,
    limits,
    rooms: new Map(),
    applied: [],
    jobs: [],
    runs: new Map(),
    isModerator: deps.isModerator,
    allocate: () => ({ num: rooms.nextNum() + created++, epoch: newSecret(9) }),
  }
  const write = () => {
    for (const pending of calls) {
      const { call } = pending
      if (stale.holdsBack(pending)) continue
      const room = rooms.load(batch, call)
      if (lookUp || !call.ops.some(stores)) rooms.loadAnswer(room, call)
      let outcome = evaluate(batch, room, call)
      // Was it refused, or does it repeat a call that passed?
      if (!outcome.ok && rooms.loadAnswer(room, call)) outcome = evaluate(batch, room, call)
      stale.note(pending, outcome)
      settled.push({ pending, outcome })
      if (clock.monotonic() >= until) break
    }
    rooms.write(batch)
    for (const project of projectors) rooms.project(project(batch.applied))
  }
  try {
    db.transaction(write)
  } catch (thrown) {
    rooms.forget()
    throw thrown
  }
  rooms.wrote(batch)
  stale.written(enqueue)
  const taken = settled.length + stale.held
  const changed = [...batch.rooms.values()].filter(({ row, loaded }) => row !== loaded)
  return { taken, settled, rooms: changed, jobs: batch.jobs }
}

/** Whether the op's event carries the call's client_id, so that the index would refuse a used one. */
const stores = ({ op }: Op): boolean => op === 'append' || op === 'redact'

function refuseAll(calls: readonly Pending[], thrown: unknown): Written {
  const outcome: Outcome = { ok: false, error: AppError.from(thrown) }
  return { taken: calls.length, settled: calls.map((pending) => ({ pending, outcome })), rooms: [], jobs: [] }
}
