import type { Bound } from '../scenario.ts'

/** The figures that every scenario has, with their units; counts of a single scenario have none. */
export const figureUnits: Readonly<Record<string, string>> = {
  'send p95': 'ms',
  'send p99': 'ms',
  'join p95': 'ms',
  'room p95': 'ms',
  'sign-in p95': 'ms',
  'health max': 'ms',
  'honest refused': '',
  'peak RSS': 'MB',
  'RSS growth': 'MB',
  heap: 'MB',
  'heap in all': 'MB',
  external: 'MB',
  'turn p99.9': 'ms',
  'turn max': 'ms',
  'delay p99': 'ms',
  'delay max': 'ms',
  alive: '',
  told: '',
  undocumented: '',
  'crowd p95': 'ms',
  'crowd refused': '',
  received: 'MB',
  disk: 'MB',
}

/** What must hold in every scenario; README.md says how each is measured. */
export const usualBounds: Readonly<Record<string, Bound>> = {
  alive: { least: 1 },
  'send p95': { most: 250 },
  'join p95': { most: 250 },
  'room p95': { most: 250 },
  'sign-in p95': { most: 1000 },
  'health max': { most: 500 },
  'honest refused': { most: 0 },
  'peak RSS': { most: 200 },
  'RSS growth': { most: 20 },
  heap: { most: 20 },
  external: { most: 20 },
  'turn p99.9': { most: 10 },
  'delay p99': { most: 50 },
  told: { least: 1 },
  undocumented: { most: 0 },
}

/**
 * Bounds for an attack from a hundred addresses or more, each with its own budgets: honest clients are still served, and
 * the server still fits on a machine of 1 GB (docs/limits.md).
 */
export const boundsOfMany: Readonly<Record<string, Bound>> = {
  'send p95': { most: 1000 },
  'join p95': { most: 1000 },
  'room p95': { most: 1000 },
  'health max': { most: 1000 },
  'peak RSS': { most: 600 },
  'RSS growth': { most: 100 },
  'turn p99.9': { most: 15 },
  'delay p99': { most: 100 },
}

/** Factor on times in the short form, which runs beside other tests on shared machines. */
const shortFactor = 4
/** Factor on memory in the short form: one round is too short for garbage collection to settle. */
const shortMemoryFactor = 1.5

/** If the server waited for a core for more than this share of the time, measured times say little about the server. */
const busyShare = 0.25
/** The only time that is measured as CPU time of the thread. */
const cpuTime = 'turn p99.9'

/** `isJudged`: false where the figure depends on the machine more than on the server; it then counts as holding. */
export type Verdict = { figure: string; value: number; bound: Bound; holds: boolean; isJudged: boolean }

/** A figure that was not measured does not hold, except growth, which a single round cannot show. */
export function judge(
  figures: Readonly<Record<string, number>>,
  own: Readonly<Record<string, Bound | null>>,
  { isShort, waited }: { isShort: boolean; waited: number },
): Verdict[] {
  const bounds: Readonly<Record<string, Bound | null>> = { ...usualBounds, ...own }
  return Object.entries(bounds).flatMap(([figure, bound]) => {
    if (bound === null || (figure === 'RSS growth' && figures[figure] === undefined)) return []
    const isTime = figureUnits[figure] === 'ms'
    const isBusy = waited > busyShare
    const isJudged = !(isTime && isBusy && figure !== cpuTime)
    // Input that arrives while the server waits for a core is processed in one turn afterwards, which is longer by as much.
    const longer = isBusy && figure === cpuTime ? 1 / (1 - waited) : 1
    const isMemory = figureUnits[figure] === 'MB' && figure in usualBounds
    const factor = isTime ? (isShort ? shortFactor : 1) * longer : isMemory && isShort ? shortMemoryFactor : 1
    const applied = bound.most === undefined ? bound : { ...bound, most: Math.round(bound.most * factor) }
    const value = figures[figure] ?? Number.NaN
    const { most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY } = applied
    return [{ figure, value, bound: applied, holds: !isJudged || (value <= most && value >= least), isJudged }]
  })
}

export function boundText({ most, least }: Bound): string {
  return [least === undefined ? '' : `≥ ${least}`, most === undefined ? '' : `≤ ${most}`].filter(Boolean).join(', ')
}

export function figureText(figure: string, value: number): string {
  const unit = figureUnits[figure] ?? ''
  const rounded = Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value) : Number(value.toPrecision(2))
  return `${rounded}${unit === '' ? '' : ` ${unit}`}`
}
