import { setTimeout as wait } from 'node:timers/promises'
import type { AttackReport } from './processes/attacker.ts'
import type { Totals } from './client/tally.ts'
import type { Attackers, HonestClients } from './processes/processes.ts'
import type { Scenario } from './scenario.ts'
import type { LongTurn } from './processes/probe.ts'
import type { ServerUnderAttack } from './processes/server-under-attack.ts'

/** How long to wait after an attack before the server's memory is read. */
export const settleMs = 700

/** Bytes. */
export type Memory = { rss: number; heapUsed: number; external: number }

/** After a forced collection. */
export async function memoryNow(made: ServerUnderAttack): Promise<Memory> {
  const { memory } = await made.ask('collect')
  return { ...memory, rss: made.resident() }
}

/** The measurements of one attack. */
export type Round = {
  attackers: AttackReport[]
  honest: Totals
  turn: { p999: number; max: number; long: LongTurn[] }
  delay: { p99: number; max: number }
  /** Growth in bytes since what the round is compared with (`before`). */
  peak: number
  after: Memory
  /** Bytes at its end. */
  memory: Memory
  /** Resident bytes once V8 has returned its free pages; only of the rounds that are compared. */
  kept: number | null
  seconds: number
  waited: number
}

type RoundDeps = {
  scenario: Scenario
  made: ServerUnderAttack
  honest: HonestClients
  attackers: Attackers
  /** The attackers of this round, who run at the same time. */
  others: Attackers | null
  stage: unknown
  round: number
  /** Whether its memory is compared with that of another round. */
  isCompared: boolean
  slot: number
  isShort: boolean
  addresses: number
  port: number
  /** What its memory is compared with. */
  before: Memory
}

/** Runs one attack and measures its effect on honest clients and the server. */
export async function oneRound({
  scenario,
  made,
  honest,
  attackers,
  others,
  before,
  isCompared,
  ...job
}: RoundDeps): Promise<Round> {
  await honest.take()
  made.forgetPeak()
  await made.ask('reset')
  const [began, waitedBefore] = [performance.now(), made.waited()]
  const order = { ...job, scenario: scenario.name }
  const reports = await Promise.all([
    attackers.attack({ ...order, part: 'attack' }),
    ...(others ? [others.attack({ ...order, part: 'meanwhile' })] : []),
  ])
  const { turn, delay } = await made.ask('read')
  const seconds = (performance.now() - began) / 1000
  const waited = made.waited() - waitedBefore
  const seen = await honest.take()
  const peak = made.peak() - before.rss
  // A server that waited for a core handles the ends of connections, which free memory, later by that time.
  const left = job.isShort ? 0 : (scenario.endsAfterMs ?? 0)
  await wait(left + settleMs / Math.max(0.1, 1 - waited / seconds))
  const now = await memoryNow(made)
  const after = {
    rss: now.rss - before.rss,
    heapUsed: now.heapUsed - before.heapUsed,
    external: now.external - before.external,
  }
  // By itself V8 returns the pages that a collection frees at some time. Forced only here: a heap that starts small in each
  // round collects more often.
  if (isCompared) await made.ask('release')
  const kept = isCompared ? made.resident() : null
  return { attackers: reports, honest: seen, turn, delay, peak, after, memory: now, kept, seconds, waited }
}
