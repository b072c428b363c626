import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from '../harness/recorder.ts'
import type { AttackOrder, AttackReport } from './attacker.ts'
import type { HonestJob } from './honest.ts'
import type { Totals } from './client/tally.ts'

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Runs one attack to its end in a process of its own; it is killed when it does not come to one. */
export async function runAttack(order: AttackOrder, patienceMs: number): Promise<AttackReport> {
  const child = forkOurs('attacker.ts')
  try {
    child.send(order)
    const reported = once(child, 'message')
    const ended = once(child, 'exit').then(([status]) => {
      throw new Error(`the attacker ended with ${status} before it said what it was told`)
    })
    ended.catch(() => {})
    const [report] = await within(Promise.race([reported, ended]), `the attack ${order.scenario}`, patienceMs)
    return report
  } finally {
    child.kill('SIGKILL')
  }
}

export type HonestProcess = AsyncDisposable & {
  /** What it was told and how long it took since the last time. */
  take(): Promise<Totals>
}

/** Resolves when the honest clients are connected and at work. */
export async function startHonest(job: HonestJob): Promise<HonestProcess> {
  const child = forkOurs('honest.ts')
  const answer = async (message: object, what: string): Promise<Totals> => {
    const said = once(child, 'message')
    child.send(message)
    const ended = once(child, 'exit').then(() => {
      throw new Error('the honest clients ended')
    })
    ended.catch(() => {})
    const [totals] = await within(Promise.race([said, ended]), what, 60_000)
    return totals
  }
  await answer(job, 'the honest clients')
  return {
    take: () => answer({ ask: 'take' }, 'what the honest clients saw'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
    },
  }
}

/** Ends with us at the latest: its channel closes then. */
function forkOurs(name: string): ChildProcess {
  return fork(program(name), { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}
