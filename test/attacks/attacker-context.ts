import { setTimeout as wait } from 'node:timers/promises'
import { HttpClient } from './client/http.ts'
import { type AttackSocket, openSocket, type SocketOptions } from './client/socket.ts'
import type { Tally } from './client/tally.ts'

/** The parameters of one attack in one round; sent to its process as JSON. */
export type AttackJob = {
  port: number
  stage: unknown
  round: number
  /** Number of the attack on this server: each uses other addresses, whose budgets are still full. */
  slot: number
  addresses: number
  isShort: boolean
}

/** What an attacker works with: connections from addresses of its own, and a tally of the answers. */
export type Attacker<Stage> = {
  readonly port: number
  readonly stage: Stage
  readonly round: number
  readonly isShort: boolean
  /** How long an attack lasts that does not end by itself. */
  readonly attackMs: number
  readonly tally: Tally
  /** The address for `index`; the attack's addresses are used in rotation. */
  address(index: number): string
  /** Opens a connection from such an address; null if it was refused. */
  open(index: number, more?: Partial<SocketOptions>): Promise<AttackSocket | null>
  /** Opens many, several at a time; returns those that were accepted. */
  openMany(count: number, more?: Partial<SocketOptions>, atOnce?: number): Promise<AttackSocket[]>
  http(index: number, connections?: number): HttpClient
  sleep(ms: number): Promise<void>
}

/** `role` distinguishes two attackers of the same round. */
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
