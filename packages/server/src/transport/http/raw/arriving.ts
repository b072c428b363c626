import type { IncomingMessage } from 'node:http'
import type { Clock, Timers } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Bytes } from '../../../core/route.ts'
import type { Meter } from './meter.ts'

/** The least that a client must send: so many bytes in each stretch of so many ms in which the server waits for it. */
export type Pace = { readonly bytes: number; readonly ms: number }

/** 8 KiB a second, looked at every 30 s. */
export const leastPace: Pace = { bytes: 8 * 1024 * 30, ms: 30_000 }

export type ArrivingDeps = {
  /** Bytes at most; more is `too_large`. */
  most: number
  pace: Pace
  meter: Meter
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
}

/**
 * The body as it arrives. Nothing more is read from the connection than is taken here, so a consumer that is slow holds back the
 * client. Time counts against the client only while the server waits for it: a client that brings less than the pace is
 * `too_slow`. Throws `too_large`, `too_slow`, and `malformed` for a body that broke off.
 */
export async function* arriving(request: IncomingMessage, deps: ArrivingDeps): AsyncGenerator<Uint8Array, void> {
  const { most, meter, pace, clock } = deps
  // Destroying the request would destroy the connection, and no answer could be sent.
  const chunks: AsyncIterator<unknown> = request.iterator({ destroyOnReturn: false })
  let [total, brought, waited] = [0, 0, 0]
  for (;;) {
    const asked = clock.monotonic()
    const next = await orTooSlow(chunks.next(), pace.ms - waited, () => brought < pace.bytes, deps)
    waited += clock.monotonic() - asked
    if (next.done === true) return
    if (!(next.value instanceof Uint8Array)) throw new Error('A body was decoded before it was read')
    total += next.value.length
    brought += next.value.length
    if (total > most) throw new AppError('too_large', { details: { limit: most } })
    if (waited >= pace.ms) {
      if (brought < pace.bytes) throw new AppError('too_slow')
      brought = 0
      waited = 0
    }
    const held = meter.pass(next.value.length)
    if (held) await held
    yield next.value
  }
}

/** What comes next, unless a stretch ends before that in which too little came. */
async function orTooSlow<T>(
  next: Promise<T>,
  left: number,
  isTooSlow: () => boolean,
  { pace, timers }: Pick<ArrivingDeps, 'pace' | 'timers'>,
): Promise<T> {
  const failed = Promise.withResolvers<never>()
  let cancel = timers.after(Math.max(0, left), look)
  function look(): void {
    if (isTooSlow()) failed.reject(new AppError('too_slow'))
    // Enough came in this stretch; a whole one without a byte follows at most.
    else cancel = timers.after(pace.ms, () => failed.reject(new AppError('too_slow')))
  }
  try {
    return await Promise.race([next, failed.promise])
  } catch (cause) {
    next.catch(() => {})
    throw cause instanceof AppError ? cause : new AppError('malformed', { cause })
  } finally {
    failed.promise.catch(() => {})
    cancel()
  }
}

/** A body of no bytes, for requests that have none. */
export const noBytes: Bytes = {
  async *[Symbol.asyncIterator]() {},
}
