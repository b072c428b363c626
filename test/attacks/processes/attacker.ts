// A process of attackers: runs the attacks that it gets, one after the other, and reports the answers.
import { setPriority } from 'node:os'
import { type AttackJob, createAttacker } from '../attacker-context.ts'
import { Tally, type Totals } from '../client/tally.ts'
import { scenarios } from '../scenarios.ts'

export type AttackOrder = AttackJob & { scenario: string; part: 'attack' | 'meanwhile' }
export type AttackReport = { totals: Totals; cpuSeconds: number }

// Real attackers have machines of their own. Here they share one with the server, so they run at lower priority.
if (process.argv[2] === 'attackers') setPriority(10)

process.once('disconnect', () => process.exit())
process.on('message', (order: AttackOrder) => void obey(order))
process.send?.('ready')

async function obey(order: AttackOrder): Promise<void> {
  const scenario = scenarios.find(({ name }) => name === order.scenario)
  const attack = scenario?.[order.part]
  if (!attack) throw new Error(`${order.scenario} has no ${order.part}`)
  const tally = new Tally()
  const before = process.cpuUsage()
  await attack(createAttacker(order, tally, order.part === 'attack' ? 0 : 1))
  const { user, system } = process.cpuUsage(before)
  const report: AttackReport = { totals: tally.take(), cpuSeconds: (user + system) / 1e6 }
  process.send?.(report)
}
