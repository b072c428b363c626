import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'

/** After so many ms without a byte from the server while a query is in flight, a probe checks the server. */
const silenceMs = 1000
/** Ms between two checks of the work in flight, and between two probes while open. */
const lookMs = 250
const probeEveryMs = 500

/** A circuit breaker: refuses calls at once while the server does not answer (rule DB8). */
export type Breaker = {
  isOpen(): boolean
  /** Throws `storage_unavailable` while open. */
  check(): void
  /**
   * Registers work in flight. `giveUp` is called once if it takes longer than `patienceMs`, or when the breaker opens.
   */
  begin(patienceMs: number, giveUp: (error: AppError) => void): { end(): void }
  /** The server sent something. */
  heard(): void
  /** The server did not answer where it should have: probes it at once. */
  suspect(): void
  stop(): void
}

export type BreakerDeps = {
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  /** Rejects when the server does not answer within the probe's own timeout. */
  probe: () => Promise<void>
  onChange: (isOpen: boolean) => void
}

type Work = { since: number; until: number; giveUp: (error: AppError) => void }

const away = () => new AppError('storage_unavailable', { cause: 'The database has stopped answering' })

/**
 * A probe on a separate connection distinguishes a slow server from a dead one: a statement may run until its deadline
 * as long as the server answers anything at all.
 */
export function createBreaker({ clock, timers, probe, onChange }: BreakerDeps): Breaker {
  const works = new Set<Work>()
  let isOpen = false
  let isProbing = false
  let isStopped = false
  let heardAt = clock.monotonic()
  let cancel: (() => void) | null = null

  function plan(ms: number) {
    if (!isStopped) cancel ??= timers.after(ms, look)
  }

  function look() {
    cancel = null
    if (isOpen) return void ask()
    const now = clock.monotonic()
    for (const work of works) {
      if (work.until > now) continue
      works.delete(work)
      work.giveUp(new AppError('storage_unavailable', { cause: 'The database took too long' }))
    }
    const [oldest] = works
    if (oldest === undefined) return undefined
    if (now - Math.max(heardAt, oldest.since) >= silenceMs) void ask()
    return plan(lookMs)
  }

  async function ask() {
    if (isProbing || isStopped) return
    isProbing = true
    const answers = await probe().then(
      () => true,
      () => false,
    )
    isProbing = false
    if (isStopped) return
    if (answers) heardAt = clock.monotonic()
    if (answers === isOpen) change(!isOpen)
    if (isOpen) plan(probeEveryMs)
  }

  function change(open: boolean) {
    isOpen = open
    onChange(open)
    if (!open) return
    const all = [...works]
    works.clear()
    for (const { giveUp } of all) giveUp(away())
  }

  return {
    isOpen: () => isOpen,
    check() {
      if (isOpen) throw away()
    },
    begin(patienceMs, giveUp) {
      const since = clock.monotonic()
      const work = { since, until: since + patienceMs, giveUp }
      works.add(work)
      plan(lookMs)
      return { end: () => void works.delete(work) }
    },
    heard() {
      heardAt = clock.monotonic()
    },
    suspect: () => void ask(),
    stop() {
      isStopped = true
      cancel?.()
    },
  }
}
