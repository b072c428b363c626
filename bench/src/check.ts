/** Figures of one side of one pair, by name. */
export type Figures = Readonly<Record<string, number>>

type Bound = { atLeast: number } | { atMost: number } | { exactly: number }

/** One thing that is asked of a scenario's figures. */
export type Check = {
  /** Unique in the scenario; with the scenario's id it names the line in docs/benchmarks.md. */
  id: string
  figure: string
  unit: string
  /** Of the ratio Parlor to peer, pair by pair, or of Parlor's own figure. */
  on: 'ratio' | 'parlor'
  bound: Bound
  /** A latency: binds where the disk syncs quickly, since every message of Parlor waits for the disk. */
  isLatency?: boolean
  /** Steady enough from run to run to be held against the recorded value. */
  isRecorded?: boolean
}

export type Verdict = 'reached' | 'not reached' | 'not binding'

/** The outcome of one check over all pairs; this is what a line of docs/benchmarks.md holds. */
export type Row = {
  id: string
  unit: string
  parlor: number
  peer: number | null
  ratio: number | null
  /** The ratio of the pair that came out worst. */
  weakest: number | null
  bound: string
  verdict: Verdict
}

/** Latencies are compared with a relay that stores nothing only where a sync costs less than this. */
const quickSyncMs = 0.3
/** A ratio may be this much worse than the weakest recorded one. */
const tolerance = 0.1

function meets(value: number, bound: Bound): boolean {
  if ('atLeast' in bound) return value >= bound.atLeast
  return 'atMost' in bound ? value <= bound.atMost : value === bound.exactly
}

export function verdictOf(check: Check, value: number, syncMs: number): Verdict {
  if (meets(value, check.bound)) return 'reached'
  return check.isLatency === true && syncMs >= quickSyncMs ? 'not binding' : 'not reached'
}

/** Whether a ratio is more than the tolerance worse than the weakest that was recorded. */
export function isWorse(check: Check, ratio: number, weakest: number): boolean {
  return 'atLeast' in check.bound ? ratio < weakest * (1 - tolerance) : ratio > weakest / (1 - tolerance)
}

export function boundText({ bound, unit, on }: Check): string {
  const suffix = on === 'ratio' ? '×' : unit && ` ${unit}`
  if ('atLeast' in bound) return `≥ ${bound.atLeast}${suffix}`
  return 'atMost' in bound ? `≤ ${bound.atMost}${suffix}` : `= ${bound.exactly}${suffix}`
}
