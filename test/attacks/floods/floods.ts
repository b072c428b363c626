import { place } from '../../harness/doors.ts'
import type { JsonObject } from '../../harness/wire.ts'
import type { Attacker } from '../attacker-context.ts'
import type { HttpClient } from '../client/http.ts'
import type { AttackSocket } from '../client/socket.ts'
import { allFloods, type FloodDoor } from './doors.ts'
import { places } from '../../harness/trials.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { fill, type GuestToken, guests, join, room, type Stand } from '../stand.ts'

/** A flooding guest, who is in the shared room and has a room of their own. */
type Flooder = { token: string; own: string }
/** Connections of the flooders, kept over the doors: opening them would take most of the time of the short form. */
type Lines = { sockets: Map<Flooder, AttackSocket>; clients: Map<Flooder, HttpClient> }
type Stage = { doors: FloodDoor[]; shared: string; user: string; flooders: Flooder[] }

/** Requests in flight on one connection; only one if they are large. */
const inFlight = 10
const isLarge = (input: JsonObject) => JSON.stringify(input).length > 1_000_000

async function setup({ url, isShort }: Stand, connections: number): Promise<Stage> {
  const doors = allFloods()
  const [host, user] = await guests(url, 2, 'Guest')
  if (!host || !user) throw new Error('no guests')
  const shared = await room(url, host, 'Shared')
  await join(url, user, shared)
  await fill(url, shared, host.token, 50, 2000)
  // In the full form each door gets new callers, whose budgets are full.
  const people = await guests(url, isShort ? connections : connections * doors.length, 'Flooder')
  const flooders: Flooder[] = []
  for (let n = 0; n < people.length; n += 25)
    flooders.push(
      ...(await Promise.all(
        people.slice(n, n + 25).map((one, m) => {
          const door = isShort ? undefined : doors[Math.floor((n + m) / connections)]
          return flooder({ url, guest: one, shared, user, needs: door?.room ?? 'both' })
        }),
      )),
    )
  return { doors, shared, user: user.id, flooders }
}

type FlooderNeeds = {
  url: string
  guest: GuestToken
  shared: string
  user: GuestToken
  needs: FloodDoor['room'] | 'both'
}

async function flooder({ url, guest, shared, user, needs }: FlooderNeeds): Promise<Flooder> {
  if (needs !== 'own') await join(url, guest, shared)
  if (needs === 'shared') return { token: guest.token, own: shared }
  const own = await room(url, guest, 'Own')
  await join(url, user, own)
  return { token: guest.token, own }
}

const floodOf = (connections: number): Scenario =>
  defineScenario<Stage>({
    name: `floods of ${connections}`,
    what: `Every action through each of its doors with its largest valid input, and every other route, from ${connections} ${connections === 1 ? 'connection' : 'connections'} of one address.`,
    rounds: doorCount,
    roundName: ({ doors }, round) => doors[round]?.name ?? 'all doors',
    setup: (stand) => setup(stand, connections),
    async attack(attacker) {
      const { doors, flooders } = attacker.stage
      const lines: Lines = { sockets: new Map(), clients: new Map() }
      const chosen = attacker.isShort ? doors : doors.slice(attacker.round, attacker.round + 1)
      for (const door of chosen) {
        const from = attacker.isShort ? 0 : doors.indexOf(door) * connections
        const some = flooders.slice(from, from + connections)
        const until = performance.now() + (attacker.isShort ? 40 : 500)
        if (door.door.kind === 'http') await floodRest(attacker, door, some, until, lines)
        else await floodSockets(attacker, door, some, until, lines)
      }
      for (const line of [...lines.sockets.values(), ...lines.clients.values()]) line.destroy()
    },
    // Each round is a different attack, and the budgets of many doors are not used up within it.
    bounds: { 'RSS growth': null, told: null },
  })

async function floodRest(
  attacker: Attacker<Stage>,
  flooded: FloodDoor,
  flooders: readonly Flooder[],
  until: number,
  { clients }: Lines,
) {
  const { door, asUser } = flooded
  if (door.kind !== 'http') return
  await Promise.all(
    flooders.map(async (who, n) => {
      const client = clients.get(who) ?? attacker.http(n, 1)
      clients.set(who, client)
      for (let call = 0; performance.now() < until; call++) {
        const { path, rest } = place(door.path, inputOf(attacker, flooded, who, `${n}-${call}`))
        const token = asUser ? who.token : undefined
        const input = door.method === 'GET' ? { path: path + queryOf(rest) } : { path, body: rest }
        // A stream never ends by itself.
        const patienceMs = Math.max(until - performance.now(), 500)
        await client.call({ method: door.method, token, patienceMs, ...input })
      }
    }),
  )
}

async function floodSockets(
  attacker: Attacker<Stage>,
  flooded: FloodDoor,
  flooders: readonly Flooder[],
  until: number,
  { sockets }: Lines,
) {
  const { door } = flooded
  if (door.kind !== 'socket') return
  await Promise.all(
    flooders.map(async (who, n) => {
      const kept = sockets.get(who)
      const socket = kept?.isOpen ? kept : await attacker.open(n, { auth: { token: who.token, lobby: false } })
      if (!socket) return
      sockets.set(who, socket)
      await socket.request('join_room', { room_id: attacker.stage.shared })
      const ask = async (lane: number) => {
        for (let call = 0; performance.now() < until && socket.isOpen; call++)
          await socket.request(door.event, inputOf(attacker, flooded, who, `${n}-${lane}-${call}`))
      }
      await Promise.all(Array.from({ length: isLarge(flooded.input) ? 1 : inFlight }, (_, lane) => ask(lane)))
    }),
  )
}

function inputOf(
  { stage, round }: Attacker<Stage>,
  { input, room: which }: FloodDoor,
  who: Flooder,
  unique: string,
): JsonObject {
  const values: Readonly<Record<string, string>> = {
    [places.room]: which === 'own' ? who.own : stage.shared,
    [places.user]: stage.user,
    [places.unique]: `${round}-${unique}`,
  }
  const filled = Object.entries(input).map(([name, value]) => {
    if (typeof value !== 'string' || value.length > 1000) return [name, value]
    return [name, value.replace(/\{\w+\}/g, (found) => values[found] ?? found)]
  })
  return Object.fromEntries(filled)
}

function queryOf(fields: JsonObject): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query.toString()}`
}

const doorCount = allFloods().length

export const floods: readonly Scenario[] = [1, 10, 100].map(floodOf)
