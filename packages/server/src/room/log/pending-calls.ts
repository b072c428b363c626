import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { JobsOfCommits } from '../../platform/jobs/jobs.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { RoomState } from './batch.ts'
import type { Outcome } from './evaluate.ts'
import type { EngineLimits } from '../limits.ts'
import type { CommitCall, Committed, Projector, RoomBatch } from '../types.ts'

export type RoomMetrics = Pick<Metrics, 'count' | 'observe'>

export type CommitDeps = {
  clock: Clock
  limits: EngineLimits
  projectors: readonly Projector[]
  isModerator: (role: string) => boolean
  onCommit: (batch: RoomBatch) => void
  /** Told which jobs commits have stored and settled. */
  jobs: JobsOfCommits
  metrics: RoomMetrics | null
}

/** A call that waits for its answer. */
export type Pending = {
  readonly call: CommitCall
  readonly resolve: (committed: Committed) => void
  readonly reject: (error: AppError) => void
}

/** Accepts calls and answers them, in the same way for both databases. */
export type PendingCalls = {
  /** Rejects with `room_busy` (rule C7), `shutting_down`, or `validation_error` for text that a database cannot keep. */
  admit(call: CommitCall, queue: (pending: Pending) => void): Promise<Committed>
  settle(pending: Pending, outcome: Outcome): void
  drain(): Promise<void>
}

export function createPendingCalls(limits: EngineLimits): PendingCalls {
  const waiting = new Map<string, number>()
  let idle: PromiseWithResolvers<void> | null = null

  return {
    admit(call, queue) {
      if (idle !== null) return Promise.reject(new AppError('shutting_down'))
      if (!hasStorableText(call)) return Promise.reject(new AppError('validation_error'))
      const before = waiting.get(call.room_id) ?? 0
      if (before >= limits.pendingCalls) return Promise.reject(new AppError('room_busy'))
      waiting.set(call.room_id, before + 1)
      return new Promise((resolve, reject) => {
        const pending = { call, resolve, reject }
        if (call.queued?.isBehindStale) call.queued.afterStale(() => queue(pending))
        else queue(pending)
        call.queued?.handedOver()
      })
    },
    settle({ call, resolve, reject }, outcome) {
      const left = (waiting.get(call.room_id) ?? 1) - 1
      if (left === 0) waiting.delete(call.room_id)
      else waiting.set(call.room_id, left)
      if (outcome.ok) resolve(outcome.committed)
      else reject(outcome.error)
      if (waiting.size === 0) idle?.resolve()
    },
    async drain() {
      idle ??= Promise.withResolvers<void>()
      if (waiting.size === 0) idle.resolve()
      await idle.promise
    },
  }
}

/** PostgreSQL keeps no NUL in text, and half a surrogate pair comes back as another character from either database. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

function hasStorableText({ room_id, client_id, ops }: CommitCall): boolean {
  const keysStorable = ops.every((op) => !('key' in op) || isStorable(op.key))
  return keysStorable && isStorable(room_id) && (client_id === null || isStorable(client_id))
}

/** What the batch made visible of one room; null if it logged nothing there. */
export function roomBatch({ row, entries }: RoomState): RoomBatch | null {
  const [first] = entries
  if (row === null || first === undefined) return null
  const { num, id, kind, last_seq } = row
  const committed_at = first.kind === 'event' ? first.event.at : first.record.at
  return { room: { num, id, kind }, from: last_seq - entries.length + 1, to: last_seq, entries, committed_at }
}

export const isUnavailable = (thrown: unknown): boolean =>
  thrown instanceof AppError && thrown.is('storage_unavailable')
