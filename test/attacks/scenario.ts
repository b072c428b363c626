import type { Attacker } from './attacker-context.ts'
import type { Stand } from './stand.ts'

/** The highest and lowest allowed value of a figure, inclusive. */
export type Bound = { most?: number; least?: number }

/**
 * One kind of attack, as data: what is prepared, what the attacker does, and which bounds must hold meanwhile. `attack`
 * runs in a process of its own and reaches the server only by the network. The stage is sent between processes as JSON.
 */
export type Scenario<Stage = unknown> = {
  name: string
  /** One sentence for the table of results. */
  what: string
  /** Numbers of addresses that the attack comes from; each number is measured separately. One by default. */
  addresses?: readonly number[]
  /** Rounds of the full form, ten by default; memory after the last is compared with that after the second. */
  rounds?: number
  /** Ms after which the server has ended what the attackers leave open; memory is read then. Not waited for in the short form. */
  endsAfterMs?: number
  /** The name of a round, if rounds differ. */
  roundName?(stage: Stage, round: number): string
  /** Runs without limits, before the server restarts with the limits that are measured. */
  setup(stand: Stand): Promise<Stage>
  attack(attacker: Attacker<Stage>): Promise<void>
  /** The attackers stand for honest people: their times and refusals are judged too. */
  isCrowd?: true
  /** A second attack at the same time, in another process. */
  meanwhile?(attacker: Attacker<Stage>): Promise<void>
  /** Figures of this scenario only, read after the attack. */
  afterwards?(stand: Stand, stage: Stage): Promise<Readonly<Record<string, number>>>
  /** Bounds that replace or extend `usualBounds`; null removes one. */
  bounds?: Readonly<Record<string, Bound | null>>
  /** The same for a hundred addresses or more, over `boundsOfMany` of report/figures.ts. */
  boundsOfMany?: Readonly<Record<string, Bound | null>>
  /** Bounds for the short form, whose times or sizes may differ. */
  shortBounds?: Readonly<Record<string, Bound | null>>
  /** The only database that it concerns. */
  only?: 'SQLite' | 'PostgreSQL'
  /** Why it cannot run on this machine; false if it can. */
  missing?: string | false
}

/** A scenario whose stage has a type that only it knows. */
export function defineScenario<Stage>(scenario: Scenario<Stage>): Scenario {
  // Sound, because the runner passes each stage only to the scenario that made it.
  return scenario
}
