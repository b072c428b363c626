import type { Attacker } from './attacker-context.ts'
import type { Stand } from './stand.ts'

/** What a figure may be at most and at least; both bounds are taken as passing. */
export type Bound = { most?: number; least?: number }

/**
 * One way to harm everyone, as data: what is laid ready, what the attacker does, and what must hold meanwhile. `attack`
 * runs in a process of its own and meets the server by the network alone. The stage goes between processes as JSON.
 */
export type Scenario<Stage = unknown> = {
  name: string
  /** One sentence for the table of results. */
  what: string
  /** How many addresses the attacker comes from; the figures are taken for each of these alone. One by default. */
  addresses?: readonly number[]
  /** How often it is repeated in full; the memory of the last is compared with that of the second. Ten by default. */
  rounds?: number
  /** What a round is called where they differ. */
  roundName?(stage: Stage, round: number): string
  /** Runs while nothing is limited, before the server starts again as it is measured. */
  setup(stand: Stand): Promise<Stage>
  attack(attacker: Attacker<Stage>): Promise<void>
  /** Its attackers are honest people, whose own times and refusals are judged. */
  isCrowd?: true
  /** At the same time, in another process. */
  meanwhile?(attacker: Attacker<Stage>): Promise<void>
  /** Figures of its own, once the attack is over. */
  afterwards?(stand: Stand, stage: Stage): Promise<Readonly<Record<string, number>>>
  /** Figures that must hold, instead of or besides `usualBounds`; null lifts one of those. */
  bounds?: Readonly<Record<string, Bound | null>>
  /** The same from a hundred addresses or more, instead of or besides `boundsOfMany` of figures.ts. */
  boundsOfMany?: Readonly<Record<string, Bound | null>>
  /** What the short form needs instead, where its time or size is another. */
  shortBounds?: Readonly<Record<string, Bound | null>>
  /** The one database that it is about. */
  only?: 'SQLite' | 'PostgreSQL'
  /** Why it cannot run on this machine; false where it can. */
  missing?: string | false
}

/** A scenario whose stage is known to itself alone. */
export function defineScenario<Stage>(scenario: Scenario<Stage>): Scenario {
  // Whatever runs it hands each stage back to the scenario that made it.
  return scenario
}
