// The honest clients, in a process of their own: they send, join, read and sign in at a fixed pace, without waiting for
// earlier answers, and measure each answer.
import { once } from 'node:events'
import { HttpClient } from '../client/http.ts'
import { openSocket, type Reply } from '../client/socket.ts'
import { Tally } from '../client/tally.ts'

export type HonestJob = {
  port: number
  token: string
  /** The room in which they send, and another one that they join and leave. */
  room: string
  visited: string
  /** The accounts that sign in, in rotation. */
  accounts: readonly { email: string; password: string }[]
  signInEveryMs: number
}

const sendEveryMs = 125
const joinEveryMs = 250
const readEveryMs = 100
const healthEveryMs = 250

/** Addresses that only honest clients use. */
const address = '127.0.1.1'

const asked = once(process, 'message')
process.send?.('ready')
const [job] = await asked
await work(job)

async function work({ port, token, room, visited, accounts, signInEveryMs }: HonestJob): Promise<void> {
  const tally = new Tally()
  const unseen = new Tally()
  const open = async () => {
    const socket = await openSocket({ port, from: address, tally: unseen, auth: { token, lobby: false } })
    if (!socket) throw new Error(`the honest clients were not let in: ${JSON.stringify(unseen.peek().counts)}`)
    return socket
  }
  const speaker = await open()
  // One connection for each call that may wait at once: calls on the same connection would wait for each other.
  const visitors = await Promise.all(Array.from({ length: 64 }, open))
  await speaker.request('join_room', { room_id: room })
  const http = new HttpClient({ port, from: address, tally: unseen })
  // Each signs in from the address that it used before, as most people do.
  const doors = accounts.map((account, n) => ({
    account,
    client: new HttpClient({ port, from: `127.0.1.${n + 2}`, tally: unseen }),
    device_token: '',
  }))
  async function signIn(door: (typeof doors)[number]): Promise<Reply> {
    const body = { ...door.account, ...(door.device_token === '' ? {} : { device_token: door.device_token }) }
    const reply = await door.client.call({ method: 'POST', path: '/api/auth/login', body })
    door.device_token = /"device_token":"([^"]+)"/.exec(reply.text)?.[1] ?? door.device_token
    return reply
  }
  for (const door of doors) await signIn(door)

  const waiting = new Set<Promise<Reply>>()
  async function timed(what: string, ask: Promise<Reply>): Promise<Reply> {
    const began = performance.now()
    waiting.add(ask)
    const reply = await ask
    waiting.delete(ask)
    tally.time(what, performance.now() - began)
    if (reply.code !== null) tally.count(`${what}: ${reply.code}`)
    return reply
  }
  let sent = 0
  let visits = 0
  let signIns = 0
  every(sendEveryMs, () =>
    timed('send', speaker.request('send_message', { room_id: room, content: `Still here? ${++sent}` })),
  )
  every(joinEveryMs, async () => {
    const visitor = visitors[visits++ % visitors.length]
    if (!visitor) return
    const { code } = await timed('join', visitor.request('join_room', { room_id: visited }))
    if (code === null) await visitor.request('leave_room', { room_id: visited })
  })
  every(readEveryMs, () => timed('room', http.call({ path: `/api/rooms/${room}`, token })))
  every(healthEveryMs, () => timed('health', http.call({ path: '/api/health' })))
  every(signInEveryMs, () => {
    const door = doors[signIns++ % doors.length]
    return door ? timed('sign-in', signIn(door)) : Promise.resolve()
  })

  // The report also counts requests that a stalled server has not answered yet.
  process.on('message', async () => {
    await Promise.all(waiting)
    process.send?.(tally.take())
  })
  process.send?.(tally.take())
}

/** Calls at a fixed pace, also while earlier calls wait: otherwise a stalled server would get one call and look fast. */
function every(ms: number, run: () => Promise<unknown>): void {
  setInterval(() => void run(), ms)
}

process.on('disconnect', () => process.exit())
