import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'

/** Ms without a word from the server, while something is asked of it, after which a probe asks whether it lives. */
const silenceMs = 1000
/** Ms between two looks at what is under way, and between two probes while open. */
const lookMs = 250
const probeEveryMs = 500

/** Refuses at once what a server that has stopped answering would not answer (rule DB8). */
export type Breaker = {
  isOpen(): boolean
  /** Throws `storage_unavailable` while open. */
  check(): void
  /** Something is asked. `giveUp` is called once if it takes longer than `patienceMs`, or when the breaker opens. */
  begin(patienceMs: number, giveUp: (error: AppError) => void): { end(): void }
  /** The server said something. */
  heard(): void
  /** It did not in a place where it should have: it is asked at once. */
  suspect(): void
  stop(): void
}

export type BreakerDeps = {
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  /** Rejects when the server does not answer, within a time of its own. */
  probe: () => Promise<void>
  onChange: (isOpen: boolean) => void
}

type Work = { since: number; until: number; giveUp: (error: AppError) => void }

const away = () => new AppError('storage_unavailable', { cause: 'The database has stopped answering' })

/**
 * What is slow is told from what is dead by asking on a connection of its own: a statement may take its time as long as
 * the server answers anything at all.
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
