import { boundText, type Check, type Figures, isWorse, type Row, verdictOf } from './check.ts'
import type { Context } from './measure/context.ts'
import type { Pair } from './pairs.ts'
import type { Scenario } from './scenarios.ts'
import { formatNumber } from './record.ts'
import { median } from './statistics.ts'

/** What one scenario came to. */
export type Outcome = {
  scenario: Scenario
  rows: Row[]
  /** For each row, the ratio of its best pair; null where none is asked for. */
  best: (number | null)[]
  /** Medians of every figure, by side. */
  parlor: Figures
  peer: Figures | null
  /** Others took the cores in most of the pairs: what was seen is no measure of Parlor. */
  isBusy: boolean
}

/** Share of a window that a server or a generator may wait for a core. */
const longWait = 0.15

/** Runs pairs one after the other. */
export async function runPairs(scenario: Scenario, count: number, context: Context): Promise<Pair[]> {
  const pairs: Pair[] = []
  while (pairs.length < count) pairs.push(await scenario.pair(context))
  return pairs
}

/** Over the pairs in which the machine was left alone, or over all when these are less than half. */
export function outcomeOf(scenario: Scenario, all: readonly Pair[], syncMs: number): Outcome {
  const calm = all.filter(({ parlor, peer }) => Math.max(parlor['waited'] ?? 0, peer?.['waited'] ?? 0) <= longWait)
  const isBusy = calm.length * 2 < all.length
  const pairs = isBusy ? all : calm
  const parlor = medians(pairs.map((pair) => pair.parlor))
  const peers = pairs.flatMap(({ peer }) => (peer === null ? [] : [peer]))
  const peer = peers.length === 0 ? null : medians(peers)
  const rows = scenario.checks.map((check) => rowOf(scenario, check, { parlor, peer }, pairs, syncMs))
  const best = scenario.checks.map((check) =>
    check.on === 'ratio' ? extremes(ratiosOf(pairs, check), check).best : null,
  )
  return { scenario, rows, best, parlor, peer, isBusy }
}

/**
 * One sentence for each ratio that fell behind: its best pair is below the weakest that was recorded. Unchanged code
 * measures up to a third apart within an hour, so between medians a difference says nothing. None from a machine that
 * was busy with other things.
 */
export function worseThanRecorded(outcome: Outcome, recorded: ReadonlyMap<string, Row>): string[] {
  const { scenario, rows, best, isBusy } = outcome
  if (isBusy) return []
  return scenario.checks.flatMap((check, index) => {
    const row = rows[index]
    const before = row === undefined ? undefined : recorded.get(row.id)
    const ratio = best[index]
    if (check.isRecorded !== true || row === undefined || ratio == null || before?.weakest == null) return []
    if (!isWorse(check, ratio, before.weakest)) return []
    const words = `${formatNumber(ratio)}× at best is over 10 % worse than the weakest recorded, ${formatNumber(before.weakest)}×`
    return [`${row.id}: ${words}`]
  })
}

function rowOf(scenario: Scenario, check: Check, sides: Pair, pairs: readonly Pair[], syncMs: number): Row {
  const parlor = valueOf(sides.parlor, check)
  const ratios = check.on === 'ratio' ? ratiosOf(pairs, check) : null
  // Of the ratios of the pairs, not the ratio of medians: what slows the machine for a while slows both of a pair.
  const ratio = ratios && median(ratios)
  const peer = sides.peer === null ? Number.NaN : valueOf(sides.peer, check)
  return {
    id: `${scenario.id}.${check.id}`,
    unit: check.unit,
    parlor,
    peer: Number.isNaN(peer) ? null : peer,
    ratio,
    weakest: ratios && extremes(ratios, check).weakest,
    bound: boundText(check),
    verdict: verdictOf(check, ratio ?? parlor, syncMs),
  }
}

function extremes(ratios: readonly number[], { bound }: Check): { best: number; weakest: number } {
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)]
  return 'atLeast' in bound ? { best: high, weakest: low } : { best: low, weakest: high }
}

function ratiosOf(pairs: readonly Pair[], check: Check): number[] {
  return pairs.map(({ parlor, peer }) => {
    if (peer === null) throw new Error(`${check.id} asks for a ratio and has no peer`)
    return valueOf(parlor, check) / valueOf(peer, check)
  })
}

function medians(sides: readonly Figures[]): Figures {
  const names = Object.keys(sides[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, median(sides.map((side) => side[name] ?? Number.NaN))]))
}

function valueOf(figures: Figures, check: Check): number {
  const value = figures[check.figure]
  if (value === undefined) throw new Error(`no figure ${check.figure}`)
  return value
}
