import { setTimeout as wait } from 'node:timers/promises'
import { HttpClient } from './client/http.ts'
import { type AttackSocket, openSocket, type SocketOptions } from './client/socket.ts'
import type { Tally } from './client/tally.ts'

/** What one attack of one round is given; goes to its process as JSON. */
export type AttackJob = {
  port: number
  stage: unknown
  round: number
  /** Which attack on this server it is: each has other addresses, so that it finds whole budgets. */
  slot: number
  addresses: number
  isShort: boolean
}

/** An attacker's means: connections from addresses that nobody else has, and a count of what was said. */
export type Attacker<Stage> = {
  readonly port: number
  readonly stage: Stage
  readonly round: number
  readonly isShort: boolean
  /** How long an attack goes on that has no end of its own. */
  readonly attackMs: number
  readonly tally: Tally
  /** One of the attack's addresses, evenly dealt out by `index`. */
  address(index: number): string
  /** A connection from such an address, or null when it was refused. */
  open(index: number, more?: Partial<SocketOptions>): Promise<AttackSocket | null>
  /** As many of them as are let in; so many are on their way at once. */
  openMany(count: number, more?: Partial<SocketOptions>, atOnce?: number): Promise<AttackSocket[]>
  http(index: number, connections?: number): HttpClient
  sleep(ms: number): Promise<void>
}

/** `role` tells two attackers of one round apart. */
export function createAttacker(job: AttackJob, tally: Tally, role: number): Attacker<unknown> {
  const { port, stage, round, slot, isShort } = job
  const address = (index: number) => {
    const place = (index % job.addresses) + 1
    return `127.${10 + role * 100 + (slot % 100)}.${place >> 8}.${place & 0xff}`
  }
  const open = (index: number, more: Partial<SocketOptions> = {}) =>
    openSocket({ port, from: address(index), tally, ...more })
  return {
    port,
    stage,
    round,
    isShort,
    attackMs: isShort ? 1500 : 3000,
    tally,
    address,
    open,
    async openMany(count, more = {}, atOnce = 50) {
      const opened: AttackSocket[] = []
      let next = 0
      const one = async () => {
        while (next < count) {
          const socket = await open(next++, more)
          if (socket) opened.push(socket)
        }
      }
      await Promise.all(Array.from({ length: Math.min(atOnce, count) }, one))
      return opened
    },
    http: (index, connections) =>
      new HttpClient({ port, from: address(index), tally, ...(connections === undefined ? {} : { connections }) }),
    sleep: (ms) => wait(ms),
  }
}
