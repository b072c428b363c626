import { setTimeout as wait } from 'node:timers/promises'
import { median, quantile } from '../../bench/src/statistics.ts'
import type { DatabaseKind } from '../harness/databases.ts'
import type { AttackReport } from './attacker.ts'
import type { Totals } from './client/tally.ts'
import { judge, type Verdict } from './figures.ts'
import { type HonestProcess, runAttack, startHonest } from './processes.ts'
import type { Scenario } from './scenario.ts'
import { type ServerUnderAttack, startServerUnderAttack } from './server-under-attack.ts'
import { honestJob, type Stand } from './stand.ts'

export type RunOptions = {
  isShort: boolean
  addresses: number
  profileTo?: string | undefined
  rounds?: number | undefined
}

export type Outcome = {
  scenario: Scenario
  database: string
  addresses: number
  figures: Readonly<Record<string, number>>
  verdicts: readonly Verdict[]
  /** All that the attackers were told, and how often. */
  told: Readonly<Record<string, number>>
  /** In which round, where rounds differ, the highest of these figures were seen. */
  worst: Readonly<Record<string, string>>
  /** What honest clients were refused with. */
  refusals: Readonly<Record<string, number>>
  /** Share of the attack's time in which the server was ready to run and others had the cores. */
  waited: number
  /** Why it could not be measured to its end. */
  failure: string | null
}

const mib = 1024 * 1024
const warmUpMs = 2000
const settleMs = 700
const patienceMs = 150_000

/** The answers by which an attacker may be turned away; README.md says where each is documented. */
const refusing = new Set([
  ...['rate_limited', 'room_busy', 'too_many_connections', 'too_many_rooms', 'too_large', 'malformed', 'shutting_down'],
  ...['closed 1013', 'closed 1009', 'closed 1008', 'status 429', 'status 503', 'status 408'],
])
/** What nobody is ever told, whatever they do. */
const undocumented = new Set(['internal', 'storage_unavailable', 'status 500'])

/**
 * One server for all of these scenarios, which follow one another with honest clients at work before, during and after:
 * each has its own memory to be compared with, and addresses of its own.
 */
export async function runScenarios(
  scenarios: readonly Scenario[],
  kind: DatabaseKind,
  options: RunOptions,
): Promise<Outcome[]> {
  await using database = await kind.open()
  const made = await startServerUnderAttack({ ...settings, ...database.env, RATE_LIMIT_FACTOR: '0' }, options.profileTo)
  const attacked: Attacked[] = []
  let failure: string | null = null
  try {
    await attackAll(scenarios, made, options, (one) => attacked.push(one))
  } catch (error) {
    failure = wordsOf(error)
    // A process that was killed is known to be gone a moment after its connections are.
    await wait(settleMs)
  }
  const alive = made.server.isRunning() ? 1 : 0
  try {
    await made[Symbol.asyncDispose]()
  } catch (error) {
    failure = wordsOf(error)
  }
  return scenarios.map((scenario, index) => {
    const mine = attacked[index]
    // Who comes after the one that failed was not even begun.
    const isWhole = mine?.isWhole === true
    const figures = { alive: isWhole ? 1 : alive, ...figuresOf(mine?.rounds ?? []), ...mine?.more }
    return outcomeOf(scenario, kind, options, { figures, mine, failure: isWhole ? null : (failure ?? 'not begun') })
  })
}

/** As it is by default, but that it believes its own machine's proxy alone: attackers come from loopback too. */
const settings = { PARLOR_ENV: 'development', TRUST_PROXY: '127.0.0.1' }

/** What was seen of one scenario; its rounds are filled as they end. */
type Attacked = {
  rounds: Round[]
  more: Readonly<Record<string, number>>
  worst: Readonly<Record<string, string>>
  isWhole: boolean
}

async function attackAll(
  scenarios: readonly Scenario[],
  made: ServerUnderAttack,
  options: RunOptions,
  onBegin: (attacked: Attacked) => void,
): Promise<void> {
  const { isShort, addresses } = options
  const { url, port, dataDir } = made.server
  const stand: Stand = { url, port, dataDir, isShort }
  const job = await honestJob(stand)
  const stages: unknown[] = []
  for (const scenario of scenarios) stages.push(await scenario.setup(stand))
  await made.restart({ RATE_LIMIT_FACTOR: '1' })
  await using honest = await startHonest(job)
  await wait(warmUpMs)
  let slot = 0
  for (const [index, scenario] of scenarios.entries()) {
    const attacked: Attacked = { rounds: [], more: {}, worst: {}, isWhole: false }
    onBegin(attacked)
    const stage = stages[index]
    const before = await memoryNow(made)
    const count = isShort ? 1 : (options.rounds ?? scenario.rounds ?? 10)
    for (let round = 0; round < count; round++)
      attacked.rounds.push(
        await oneRound({ scenario, made, honest, stage, round, slot: slot++, isShort, addresses, port, before }),
      )
    attacked.worst = worstRounds(attacked.rounds, (round) => scenario.roundName?.(stage, round) ?? null)
    attacked.more = (await scenario.afterwards?.(stand, stage)) ?? {}
    attacked.isWhole = true
  }
}

type Seen = { figures: Readonly<Record<string, number>>; mine: Attacked | undefined; failure: string | null }

function outcomeOf(
  scenario: Scenario,
  kind: DatabaseKind,
  options: RunOptions,
  { figures, mine, failure }: Seen,
): Outcome {
  const { isShort, addresses } = options
  const rounds = mine?.rounds ?? []
  const total = (read: (round: Round) => number) => rounds.reduce((sum, round) => sum + read(round), 0)
  const waited = total((round) => round.waited) / total(({ seconds }) => seconds)
  const own = { ...scenario.bounds, ...(isShort ? scenario.shortBounds : {}) }
  return {
    scenario,
    database: kind.name,
    addresses,
    figures,
    verdicts: judge(figures, own, { isShort, waited }),
    told: sum(rounds.flatMap(({ attackers }) => attackers.map(({ totals }) => totals.counts))),
    worst: mine?.worst ?? {},
    refusals: sum(rounds.map(({ honest }) => honest.counts)),
    waited,
    failure,
  }
}

/** Without the stack of a process that ran out of memory. */
const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('----- Native stack trace')[0]?.trim() ?? ''

type Memory = { rss: number; heapUsed: number; external: number }

/** After a forced collection. */
async function memoryNow(made: ServerUnderAttack): Promise<Memory> {
  const { memory } = await made.ask('collect')
  return { ...memory, rss: made.resident() }
}

type Round = {
  attackers: AttackReport[]
  honest: Totals
  turn: { p999: number; max: number }
  delay: { p99: number; max: number }
  /** Bytes over those before the first round. */
  peak: number
  after: Memory
  seconds: number
  waited: number
}

type RoundDeps = {
  scenario: Scenario
  made: ServerUnderAttack
  honest: HonestProcess
  stage: unknown
  round: number
  slot: number
  isShort: boolean
  addresses: number
  port: number
  before: Memory
}

async function oneRound({ scenario, made, honest, before, ...job }: RoundDeps): Promise<Round> {
  await honest.take()
  made.forgetPeak()
  await made.ask('reset')
  const [began, waitedBefore] = [performance.now(), made.waited()]
  const order = { ...job, scenario: scenario.name }
  const attackers = await Promise.all([
    runAttack({ ...order, part: 'attack' }, patienceMs),
    ...(scenario.meanwhile ? [runAttack({ ...order, part: 'meanwhile' }, patienceMs)] : []),
  ])
  const { turn, delay } = await made.ask('read')
  const seconds = (performance.now() - began) / 1000
  const waited = made.waited() - waitedBefore
  const seen = await honest.take()
  const peak = made.peak() - before.rss
  await wait(settleMs)
  const now = await memoryNow(made)
  const after = {
    rss: now.rss - before.rss,
    heapUsed: now.heapUsed - before.heapUsed,
    external: now.external - before.external,
  }
  return { attackers, honest: seen, turn, delay, peak, after, seconds, waited }
}

function figuresOf(rounds: readonly Round[]): Record<string, number> {
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
    ...(second && rounds.length > 2 ? { 'RSS growth': (last.after.rss - second.after.rss) / mib } : {}),
    heap: last.after.heapUsed / mib,
    external: last.after.external / mib,
    'turn p99.9': most(({ turn }) => turn.p999),
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

function worstRounds(rounds: readonly Round[], nameOf: (round: number) => string | null): Record<string, string> {
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

function sum(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const counts of all) for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count
  return total
}
