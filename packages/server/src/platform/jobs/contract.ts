import type { z } from 'zod'
import type { Upcast } from '../../core/stored.ts'
import { newId } from '../../core/id.ts'

/** Who may see a job's progress, read its result and cancel it (rule JB15). */
export type JobAudience = 'nobody' | 'user' | 'room'

/**
 * One kind of job. `name` is stored (`exports.room`) and begins with the name of the part that owns it. `v` is the payload's
 * version: raise it together with an `upcast` from older ones.
 */
export type JobType<Payload extends z.ZodType = z.ZodType> = {
  readonly name: string
  readonly summary: string
  readonly payload: Payload
  readonly v: number
  readonly upcast?: Upcast
  /** How often it may fail before it is a dead letter (rule JB7). */
  readonly attempts: number
  /** Ms after which a run is aborted (rule JB9). */
  readonly timeout_ms: number
  /** Jobs of this type that run at once in a process. */
  readonly concurrency: number
  readonly audience: JobAudience
  /** It is recurring: ms between the end of a run and the next one (rule JB14). Its payload must accept `{}`. */
  readonly every_ms?: number
}

type Optional = 'v' | 'attempts' | 'timeout_ms' | 'concurrency' | 'audience'

/** Declares a type of jobs; a feature lists it in its Feature object, and hands over its handler (`handle`). */
export function defineJob<Payload extends z.ZodType>(
  type: Omit<JobType<Payload>, Optional> & Partial<Pick<JobType<Payload>, Optional>>,
): JobType<Payload> {
  return { v: 1, attempts: 10, timeout_ms: 60_000, concurrency: 8, audience: 'nobody', ...type }
}

/** A job that is not stored yet. Its id is known already, so that an answer can name it. */
export type NewJob = {
  readonly id: string
  readonly type: Pick<JobType, 'name' | 'v' | 'audience'>
  readonly payload: unknown
  /** The num of the user who causes it; 0: the server itself. */
  readonly user: number
}

export const newJob = <Payload extends z.ZodType>(
  type: JobType<Payload>,
  payload: z.output<Payload>,
  user = 0,
): NewJob => ({ id: newId(), type, payload, user })

/** One taking of a job, which names it in all that is written about it (rule JB6). `shown`: its end is kept for those who see it. */
export type JobRun = { readonly id: string; readonly run: number; readonly shown: boolean }

/** What a handler is given besides the payload. */
export type JobContext = {
  readonly id: string
  /** For the op `settle` of a commit (rule JB3). */
  readonly run: JobRun
  /** The nums of its room and of the user who caused it; 0: none. */
  readonly room: number
  readonly user: number
  /** Failures so far. */
  readonly failures: number
  /** Aborted when the job was cancelled, lost or replaced, takes too long, or the server stops. */
  readonly signal: AbortSignal
  /** `total` null: not known. Stored at most twice a second (rule JB16). */
  progress(done: number, total: number | null): void
}

/**
 * How a run ended. `again`: it continues later with another payload, as a job that has not failed. `elsewhere`: this node
 * cannot do it (rule JB12). Nothing, or `done`: it is over.
 */
export type JobOutcome =
  | { readonly kind: 'done'; readonly result?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'again'; readonly payload: unknown; readonly in_ms: number }
  | { readonly kind: 'elsewhere' }

export const done = (result?: Readonly<Record<string, unknown>>): JobOutcome =>
  result === undefined ? { kind: 'done' } : { kind: 'done', result }
export const again = (payload: unknown, in_ms: number): JobOutcome => ({ kind: 'again', payload, in_ms })
export const elsewhere: JobOutcome = { kind: 'elsewhere' }

/** A type with its handler, with the type of its payload erased: what workers loop over. */
export type JobHandler = {
  readonly type: JobType
  readonly run: (payload: unknown, context: JobContext) => Promise<JobOutcome | void>
}

/** Binds a handler to its type. It must be able to run again after it was interrupted anywhere. */
export const handle = <Payload extends z.ZodType>(
  type: JobType<Payload>,
  run: (payload: z.output<Payload>, context: JobContext) => Promise<JobOutcome | void>,
): JobHandler => ({
  type,
  // Sound because a worker hands a handler only what this type's own schema parsed.
  run: run as JobHandler['run'],
})

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/** A job as those see it who may. */
export type JobView = {
  readonly id: string
  readonly name: string
  readonly room: number
  readonly user: number
  readonly state: JobState
  readonly done: number
  readonly total: number | null
  /** A sentence for people; null unless it failed. */
  readonly error: string | null
  /** JSON text of an object. */
  readonly result: string | null
}
