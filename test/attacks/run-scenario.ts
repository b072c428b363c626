import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseKind } from '../harness/databases.ts'
import { rest } from '../harness/rest.ts'
import { boundsOfMany, judge, type Verdict } from './report/figures.ts'
import { longTurnsText } from './processes/long-turns.ts'
import { startAttackers, startHonest } from './processes/processes.ts'
import { type Memory, memoryNow, oneRound, type Round, settleMs } from './round.ts'
import type { Scenario } from './scenario.ts'
import { type ServerUnderAttack, startServerUnderAttack } from './processes/server-under-attack.ts'
import { honestJob, type Stand } from './stand.ts'
import { figuresOf, sum, worstRounds } from './report/summary.ts'

export type RunOptions = {
  isShort: boolean
  /** By default the first number of addresses that each scenario lists. */
  addresses?: number
  profileTo?: string | undefined
  rounds?: number | undefined
}

export type Outcome = {
  scenario: Scenario
  database: string
  addresses: number
  rounds: number
  figures: Readonly<Record<string, number>>
  verdicts: readonly Verdict[]
  /** The answers that the attackers got, with their counts. */
  told: Readonly<Record<string, number>>
  /** Where rounds differ: the round with the highest value of each of these figures. */
  worst: Readonly<Record<string, string>>
  /** The refusals that honest clients got. */
  refusals: Readonly<Record<string, number>>
  /** Share of the attack's time in which the server was ready to run but waited for a core. */
  waited: number
  /** Growth of resident memory after each round since before the first, in MB. */
  resident: readonly number[]
  /** Why the measurement ended early. */
  failure: string | null
}

const warmUpMs = 2000
const mib = 1024 * 1024

/**
 * Runs these scenarios one after the other on one server, with honest clients at work before, during and after. Each
 * scenario has its own addresses, and its memory is compared with that before its own first round.
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
    // The exit of a killed process is noticed a moment after the end of its connections.
    await wait(settleMs)
  }
  const { pid } = made.server.isRunning() ? made.server : { pid: 0 }
  const alive = made.server.isRunning() ? 1 : 0
  try {
    await made[Symbol.asyncDispose]()
  } catch (error) {
    failure = wordsOf(error)
  }
  if (options.profileTo !== undefined && pid !== 0)
    console.log(
      longTurnsText(
        options.profileTo,
        pid,
        attacked.flatMap(({ rounds }) => rounds.flatMap(({ turn }) => turn.long)),
      ),
    )
  return scenarios.map((scenario, index) => {
    const mine = attacked[index]
    // The scenarios after the failed one did not start.
    const isWhole = mine?.isWhole === true
    const figures = { alive: isWhole ? 1 : alive, ...figuresOf(mine?.rounds ?? [], scenario), ...mine?.more }
    return outcomeOf(scenario, kind, options, { figures, mine, failure: isWhole ? null : (failure ?? 'not begun') })
  })
}

/** The default settings, except that only 127.0.0.1 is a trusted proxy: attackers use other addresses of loopback. */
const settings = { PARLOR_ENV: 'development', TRUST_PROXY: '127.0.0.1' }

/** The measurements of one scenario; rounds are added as they end. */
type Attacked = {
  rounds: Round[]
  /** Growth of resident memory after each round since before the first, in MB. */
  resident: number[]
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
  const { isShort } = options
  const { url, port, dataDir } = made.server
  const stand: Stand = { url, port, dataDir, isShort }
  const job = await honestJob(stand)
  const stages: unknown[] = []
  for (const scenario of scenarios) stages.push(await scenario.setup(stand))
  await made.restart({ RATE_LIMIT_FACTOR: '1' })
  await using attackers = await startAttackers('attackers')
  await using people = await startAttackers('people')
  await using honest = await startHonest(job)
  // Whatever is made once, at its first use, must not count as growth by the attack.
  await rest(url, 'GET', '/docs/scalar.js')
  await wait(isShort ? 1000 : warmUpMs)
  // As it runs, before any attack and any forced collection: after one V8 returns 60 MB, or keeps them.
  const calm = made.resident()
  let slot = 0
  for (const [index, scenario] of scenarios.entries()) {
    const attacked: Attacked = { rounds: [], resident: [], more: {}, worst: {}, isWhole: false }
    onBegin(attacked)
    const stage = stages[index]
    const calmed = (memory: Memory): Memory => ({ ...memory, rss: Math.max(memory.rss, calm) })
    const first = calmed(await memoryNow(made))
    let before = first
    // If each round is a different attack, all of them run.
    const rounds = scenario.roundName ? undefined : options.rounds
    const count = isShort ? 1 : (rounds ?? scenario.rounds ?? 10)
    for (let round = 0; round < count; round++) {
      const attack = await oneRound({
        scenario,
        made,
        honest,
        attackers: scenario.isCrowd ? people : attackers,
        others: scenario.meanwhile ? attackers : null,
        stage,
        round,
        isCompared: round === 1 || round === count - 1,
        slot: slot++,
        isShort,
        addresses: addressesOf(scenario, options),
        port,
        before,
      })
      attacked.rounds.push(attack)
      attacked.resident.push(Math.round((attack.memory.rss - first.rss) / mib))
      // A repeated attack must not add up; a different one has callers of its own, and what it takes is its own.
      if (scenario.roundName) before = calmed(attack.memory)
    }
    if (scenario.roundName) {
      const last = attacked.rounds.at(-1)
      attacked.more = { 'heap in all': ((last?.memory.heapUsed ?? 0) - first.heapUsed) / mib }
    }
    if (count > 1) attacked.worst = worstRounds(attacked.rounds, (round) => scenario.roundName?.(stage, round) ?? null)
    attacked.more = { ...attacked.more, ...(await scenario.afterwards?.(stand, stage)) }
    attacked.isWhole = true
  }
}

const addressesOf = ({ addresses = [1] }: Scenario, options: RunOptions) => options.addresses ?? addresses[0] ?? 1

type Seen = { figures: Readonly<Record<string, number>>; mine: Attacked | undefined; failure: string | null }

function outcomeOf(
  scenario: Scenario,
  kind: DatabaseKind,
  options: RunOptions,
  { figures, mine, failure }: Seen,
): Outcome {
  const { isShort } = options
  const rounds = mine?.rounds ?? []
  const total = (read: (round: Round) => number) => rounds.reduce((sum, round) => sum + read(round), 0)
  const waited = total((round) => round.waited) / total(({ seconds }) => seconds)
  const addresses = addressesOf(scenario, options)
  const own = {
    ...(addresses >= 100 ? boundsOfMany : {}),
    ...scenario.bounds,
    ...(addresses >= 100 ? scenario.boundsOfMany : {}),
    ...(isShort ? scenario.shortBounds : {}),
  }
  return {
    scenario,
    database: kind.name,
    addresses,
    rounds: rounds.length,
    figures,
    verdicts: judge(figures, own, { isShort, waited }),
    told: sum(rounds.flatMap(({ attackers }) => attackers.map(({ totals }) => totals.counts))),
    worst: mine?.worst ?? {},
    refusals: sum(rounds.map(({ honest }) => honest.counts)),
    waited,
    resident: mine?.resident ?? [],
    failure,
  }
}

/** Removes the stack that a process prints when it runs out of memory. */
const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('----- Native stack trace')[0]?.trim() ?? ''
