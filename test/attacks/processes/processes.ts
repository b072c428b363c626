import { fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from '../../harness/recorder.ts'
import type { AttackOrder, AttackReport } from './attacker.ts'
import type { HonestJob } from './honest.ts'
import type { Totals } from '../client/tally.ts'

const attackPatienceMs = 150_000
const answerMs = 60_000

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export type Attackers = AsyncDisposable & { attack(order: AttackOrder): Promise<AttackReport> }

/**
 * Starts a process of attackers or of honest clients and waits until it is ready: starting takes CPU, which must not fall
 * into the measurement.
 */
export async function startAttackers(who: 'attackers' | 'people'): Promise<Attackers> {
  const attackers = await forkOurs<AttackReport>('attacker.ts', `the ${who}`, who)
  return { attack: (order) => attackers.ask(order, attackPatienceMs), [Symbol.asyncDispose]: attackers.end }
}

export type HonestClients = AsyncDisposable & {
  /** The answers and their times since the previous call. */
  take(): Promise<Totals>
}

/** Resolves when they are connected and sending. */
export async function startHonest(job: HonestJob): Promise<HonestClients> {
  const clients = await forkOurs<Totals>('honest.ts', 'the honest clients')
  await clients.ask(job, answerMs)
  return { take: () => clients.ask('take', answerMs), [Symbol.asyncDispose]: clients.end }
}

/** A child process that reports when it is ready and then answers messages one by one; it ends with this process. */
async function forkOurs<Answer>(name: string, what: string, ...args: string[]) {
  const child = fork(program(name), args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const { promise: ended, reject } = Promise.withResolvers<never>()
  ended.catch(() => {})
  child.once('exit', (status) => reject(new Error(`${what} ended with ${status} before they answered`)))
  const answer = async (ms: number): Promise<Answer> => {
    const [said] = await within(Promise.race([once(child, 'message'), ended]), `the answer of ${what}`, ms)
    return said
  }
  await answer(answerMs)
  return {
    ask(message: Serializable, ms: number): Promise<Answer> {
      const answered = answer(ms)
      child.send(message)
      return answered
    },
    async end() {
      child.kill('SIGKILL')
    },
  }
}
