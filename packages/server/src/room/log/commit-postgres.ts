import { createCache } from '../../core/collections/cache.ts'
import { AppError } from '../../core/error.ts'
import { newSecret } from '../../core/id.ts'
import { isLockTimeout } from '../../platform/db/postgres/error.ts'
import type { PostgresDatabase } from '../../platform/db/postgres/postgres.ts'
import type { JobWrite } from '../../platform/jobs/jobs.ts'
import type { Batch, RoomState } from './batch.ts'
import { type CommitDeps, createPendingCalls, isUnavailable, type Pending, roomBatch } from './pending-calls.ts'
import { evaluate, type Outcome } from './evaluate.ts'
import { StaleCommits, withoutHeld } from './stale-commits.ts'
import { loadRoom, project, takeNum, writeRoom } from '../sql/postgres.ts'
import type { RoomBatch, RoomEngine } from '../types.ts'
import { roomMetrics } from '../metrics.ts'

/** What one transaction did; a call without an outcome was held back (rule C14). */
type Written = { outcomes: (Outcome | null)[]; batch: RoomBatch | null; jobs: readonly JobWrite[] }

const NUMS_KEPT = 100_000

/**
 * Group commit on PostgreSQL: one transaction per room, which locks the room's row, one at a time per room and node; calls that
 * come meanwhile share the next. Rooms commit in parallel, as many as there are connections for writes.
 */
export function createPostgresCommits(db: PostgresDatabase, deps: CommitDeps): Pick<RoomEngine, 'commit' | 'drain'> {
  const { clock, limits, onCommit, metrics } = deps
  const pendingCalls = createPendingCalls(limits)
  /** A room's num never changes. */
  const nums = createCache<string, number>(NUMS_KEPT)
  const lanes = new Map<string, Pending[]>()
  const ready: string[] = []
  let free = db.writesAtOnce
  let scheduled = false

  function enqueue(pending: Pending) {
    const { room_id } = pending.call
    const lane = lanes.get(room_id)
    if (lane !== undefined) {
      lane.push(pending)
      return
    }
    lanes.set(room_id, [pending])
    ready.push(room_id)
    schedule()
  }

  function schedule() {
    if (scheduled || free === 0 || ready.length === 0) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (free > 0) {
        const room_id = ready.shift()
        if (room_id === undefined) break
        free--
        void runLane(room_id)
      }
    })
  }

  /** One transaction for the calls that wait in the room; then the room goes to the end of the queue. */
  async function runLane(room_id: string) {
    const lane = lanes.get(room_id) ?? []
    const taken = lane.splice(0, limits.batchCalls)
    const started = clock.monotonic()
    const written = await writeAll(room_id, taken)
    lane.push(...withoutHeld(lane.splice(0), enqueue))
    metrics?.observe(roomMetrics.parlor_batch_calls, taken.length)
    metrics?.observe(roomMetrics.parlor_commit_seconds, (clock.monotonic() - started) / 1000)
    free++
    if (lane.length === 0) lanes.delete(room_id)
    else ready.push(room_id)
    schedule()
    answer(taken, written)
  }

  /** Rule C1: all calls are answered and then the room is told, in one turn. */
  function answer(taken: readonly Pending[], written: readonly Written[]) {
    const outcomes = written.flatMap((each) => each.outcomes)
    if (outcomes.some((outcome) => outcome && !outcome.ok && isUnavailable(outcome.error))) {
      metrics?.count(roomMetrics.parlor_storage_failures_total)
    }
    for (const { jobs } of written) if (jobs.length > 0) deps.jobs.committed(jobs)
    for (const [index, pending] of taken.entries()) {
      const outcome = outcomes[index]
      if (outcome) pendingCalls.settle(pending, outcome)
    }
    for (const { batch } of written) if (batch !== null) onCommit(batch)
  }

  /**
   * Together, or one by one if that failed (rule C5); a single call is run again too, because another node may
   * have created the room after the first one.
   */
  async function writeAll(room_id: string, taken: readonly Pending[]): Promise<Written[]> {
    try {
      return [await write(room_id, taken)]
    } catch (thrown) {
      const error = asAppError(thrown)
      if (isUnavailable(error) || error.is('room_busy')) return [refuseAll(taken, error)]
    }
    const written: Written[] = []
    for (const pending of taken) written.push(await writeSingly(room_id, pending))
    return written
  }

  async function writeSingly(room_id: string, pending: Pending): Promise<Written> {
    try {
      return await write(room_id, [pending])
    } catch (thrown) {
      return refuseAll([pending], asAppError(thrown))
    }
  }

  async function write(room_id: string, taken: readonly Pending[]): Promise<Written> {
    const calls = taken.map(({ call }) => call)
    let num = 0
    const stale = new StaleCommits()
    const batch: Batch = {
      now: clock.now(),
      limits,
      rooms: new Map(),
      applied: [],
      jobs: [],
      runs: new Map(),
      isModerator: deps.isModerator,
      allocate: () => ({ num, epoch: newSecret(9) }),
    }
    const done = await db.transaction('write', async (ask) => {
      const room = await loadRoom(ask, batch, room_id, calls, nums.get(room_id))
      const creates = calls.some(({ ops }) => ops[0]?.op === 'create')
      if (room.loaded === null && creates) num = await takeNum(ask)
      const outcomes = taken.map((pending) => {
        if (stale.holdsBack(pending)) return null
        const outcome = evaluate(batch, room, pending.call)
        stale.note(pending, outcome)
        return outcome
      })
      writeRoom(ask, batch, room)
      await Promise.all(deps.projectors.map((projector) => project(ask, projector(batch.applied))))
      return { outcomes, room }
    })
    remember(done.room)
    stale.written(enqueue)
    return { outcomes: done.outcomes, batch: roomBatch(done.room), jobs: batch.jobs }
  }

  function remember({ id, row }: RoomState) {
    if (row !== null) nums.set(id, row.num)
  }

  return { commit: (call) => pendingCalls.admit(call, enqueue), drain: pendingCalls.drain }
}

const refuseAll = (taken: readonly Pending[], error: AppError): Written => ({
  outcomes: taken.map(() => ({ ok: false, error })),
  batch: null,
  jobs: [],
})

function asAppError(thrown: unknown): AppError {
  return isLockTimeout(thrown) ? new AppError('room_busy', { cause: thrown }) : AppError.from(thrown)
}
