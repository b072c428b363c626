import { AppError } from '../../core/error.ts'
import { backoff } from './backoff.ts'
import type { JobType } from './contract.ts'
import type { Ended } from './run.ts'
import type { Move, Taken } from './store.ts'

/** What a job becomes when its run has ended. */
export type Transition =
  /** It is over; `result`: JSON text for those who see it. */
  | { kind: 'done'; result: string | null }
  | { kind: 'move'; why: 'recurs' | 'again' | 'retry' | 'elsewhere'; move: Move }
  | { kind: 'dead'; error: string }

/** Ms until a job that was handed back is due for other nodes. */
const handBackMs = 50

/** Decides what becomes of a job (rules JB7, JB8, JB12, JB14). `now`: ms since 1970. */
export function transitionOf(
  type: JobType,
  taken: Pick<Taken, 'failures'>,
  ended: Ended,
  now: number,
  random: number,
): Transition {
  const failures = taken.failures + 1
  const move = (
    why: 'recurs' | 'again' | 'retry' | 'elsewhere',
    in_ms: number,
    more: Partial<Move> = {},
  ): Transition => ({
    ...{ kind: 'move', why },
    move: { due_at: Math.round(now + in_ms), payload: null, failures: 0, error: null, ...more },
  })
  const finished = (result: string | null): Transition =>
    type.every_ms === undefined ? { kind: 'done', result } : move('recurs', type.every_ms)
  const failed = (error: string): Transition => {
    const wait = backoff(failures, random)
    if (type.every_ms !== undefined) return move('retry', Math.min(wait, type.every_ms), { failures, error })
    return failures < type.attempts ? move('retry', wait, { failures, error }) : { kind: 'dead', error }
  }
  switch (ended.kind) {
    case 'unreadable':
      return type.every_ms === undefined ? { kind: 'dead', error: 'This job cannot be read' } : finished(null)
    case 'worn out':
      return { kind: 'dead', error: 'The server ended while it did this, again and again' }
    case 'threw':
      return failed(AppError.from(ended.error).message)
    case 'outcome': {
      const { outcome } = ended
      if (outcome.kind === 'done') return finished(outcome.result ? JSON.stringify(outcome.result) : null)
      if (outcome.kind === 'again') {
        const payload = { v: type.v, text: JSON.stringify(outcome.payload) }
        return move('again', outcome.in_ms, { payload })
      }
      // Nobody could do it: what it was about is gone.
      return failures < type.attempts ? move('elsewhere', handBackMs, { failures }) : finished(null)
    }
  }
}
