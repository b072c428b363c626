import { median, quantile } from '../../../bench/src/statistics.ts'
import type { Round } from '../round.ts'
import type { Scenario } from '../scenario.ts'

const mib = 1024 * 1024

/** The answers with which the server may refuse an attacker; README.md says where each is documented. */
const refusing = new Set([
  ...['rate_limited', 'room_busy', 'too_many_connections', 'too_many_rooms', 'too_large', 'malformed', 'shutting_down'],
  ...['closed 1013', 'closed 1009', 'closed 1008', 'status 429', 'status 503', 'status 408'],
])
/** Answers that must never occur. */
const undocumented = new Set(['internal', 'storage_unavailable', 'status 500'])

/** The figures of a scenario over all rounds; README.md says how each is measured. */
export function figuresOf(
  rounds: readonly Round[],
  { roundName }: Pick<Scenario, 'roundName'>,
): Record<string, number> {
  const last = rounds.at(-1)
  if (!last) return {}
  const times = (what: string) => rounds.flatMap(({ honest }) => honest.times[what] ?? [])
  const at = (what: string, share: number) => {
    const all = times(what)
    return all.length === 0 ? Number.NaN : quantile(all, share)
  }
  const most = (read: (round: Round) => number) => Math.max(...rounds.map(read))
  const each = rounds.map(({ attackers }) => sum(attackers.map(({ totals }) => totals.counts)))
  const told = sum(each)
  const worst = Object.fromEntries(
    Object.keys(told).map((name) => [name, Math.max(...each.map((counts) => counts[name] ?? 0))]),
  )
  const crowd = rounds.flatMap(({ attackers }) => attackers.flatMap(({ totals }) => totals.times['crowd'] ?? []))
  const [, second] = rounds
  const count = (names: ReadonlySet<string>) =>
    Object.entries(told).reduce((total, [name, times]) => total + (names.has(name) ? times : 0), 0)
  return {
    ...worst,
    'send p95': at('send', 0.95),
    'send p99': at('send', 0.99),
    'join p95': at('join', 0.95),
    'room p95': at('room', 0.95),
    'sign-in p95': at('sign-in', 0.95),
    'health max': at('health', 1),
    'honest refused': rounds.reduce(
      (total, { honest }) => total + Object.values(honest.counts).reduce((a, b) => a + b, 0),
      0,
    ),
    'peak RSS': most(({ peak }) => peak) / mib,
    ...(second?.kept && last.kept && rounds.length > 2 ? { 'RSS growth': (last.kept - second.kept) / mib } : {}),
    // Different attacks: the one that leaves most.
    heap: (roundName ? most(({ after }) => after.heapUsed) : last.after.heapUsed) / mib,
    external: (roundName ? most(({ after }) => after.external) : last.after.external) / mib,
    'turn p99.9': median(rounds.map(({ turn }) => turn.p999)),
    'turn max': most(({ turn }) => turn.max),
    'delay p99': median(rounds.map(({ delay }) => delay.p99)),
    'delay max': most(({ delay }) => delay.max),
    told: count(refusing),
    undocumented: count(undocumented),
    received:
      Math.max(
        ...rounds.map(({ attackers }) => attackers.reduce((total, { totals }) => total + totals.receivedBytes, 0)),
      ) / mib,
    ...(crowd.length > 0 ? { 'crowd p95': quantile(crowd, 0.95) } : {}),
  }
}

/** Where rounds differ: the three rounds with the highest value of each figure. */
export function worstRounds(
  rounds: readonly Round[],
  nameOf: (round: number) => string | null,
): Record<string, string> {
  const read: Readonly<Record<string, (round: Round) => number>> = {
    'send max': ({ honest }) => Math.max(0, ...(honest.times['send'] ?? [])),
    'turn max': ({ turn }) => turn.max,
    'delay max': ({ delay }) => delay.max,
    'peak RSS': ({ peak }) => peak / mib,
  }
  const named = Object.entries(read).flatMap(([figure, value]) => {
    const highest = rounds.map((round, index) => ({ index, value: value(round) })).toSorted((a, b) => b.value - a.value)
    const worst = highest.slice(0, 3).flatMap(({ index, value: seen }) => {
      const name = nameOf(index)
      return name === null ? [] : [`${name} ${Math.round(seen)}`]
    })
    return worst.length === 0 ? [] : [[figure, worst.join(', ')]]
  })
  return Object.fromEntries(named)
}

export function sum(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const counts of all) for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count
  return total
}
