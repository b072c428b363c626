import assert from 'node:assert/strict'
import type { UserRef } from '../../../core/caller.ts'
import { createRoomOptions } from '../options.ts'
import { createRoomsStore } from '../store.ts'
import type { Answer } from '../../testing/doors.ts'
import { createRoom, type Guest, signIn, type World } from '../../testing/world.ts'

/** A user who calls over REST: returns the body, and checks the status. */
export type Person = Guest & {
  call(method: string, path: string, body?: object): Promise<{ status: number; body: Answer }>
  /** The code that the call was refused with; `ok` when it passed. */
  code(method: string, path: string, body?: object): Promise<string>
  /** The answer of a call that must succeed. */
  does(method: string, path: string, body?: object): Promise<Answer>
}

export const person = async (world: World, name: string): Promise<Person> => caller(world, await signIn(world, name))

function caller(world: World, guest: Guest): Person {
  const call: Person['call'] = (method, path, body = {}) => world.rest(method, path, { token: guest.token, body })
  return {
    ...guest,
    call,
    code: async (method, path, body) => (await call(method, path, body)).body.code ?? 'ok',
    async does(method, path, body) {
      const { status, body: answer } = await call(method, path, body)
      assert.ok(status < 300, `${method} ${path} answered ${status}: ${JSON.stringify(answer)}`)
      return answer
    },
  }
}

/** The rooms' own store over the world's database. */
export const roomsStoreOf = ({ db, roomOptions, unreadable }: World) =>
  createRoomsStore(db, createRoomOptions(roomOptions), (row) => void unreadable.push(row))

/** A user with an account. */
export async function account(world: World, username: string): Promise<Person> {
  const body = { username, email: `${username}@example.org`, password: 'an unusual password' }
  const { status, body: answer } = await world.rest('POST', '/api/auth/register', { body })
  assert.equal(status, 201)
  return caller(world, { id: answer.user.id, token: answer.access_token, name: username })
}

export async function people<const Names extends readonly string[]>(
  world: World,
  ...names: Names
): Promise<{ [Name in Names[number]]: Person }> {
  const made: [string, Person][] = []
  for (const name of names) made.push([name, await person(world, name)])
  // Sound: the object was built from these names.
  return Object.fromEntries(made) as { [Name in Names[number]]: Person }
}

/** A room of Ann's in which each of these users has the given role. */
export async function roomOf(world: World, host: Person, others: Record<string, readonly Person[]>, fields = {}) {
  const { id } = await createRoom(world, host)
  for (const [role, all] of Object.entries(others)) {
    for (const one of all) {
      await one.does('POST', `/api/rooms/${id}/join`)
      if (role !== 'guest') await host.does('PATCH', `/api/rooms/${id}/members/${one.id}`, { role })
    }
  }
  if (Object.keys(fields).length > 0) await host.does('PATCH', `/api/rooms/${id}`, fields)
  return { id, path: `/api/rooms/${id}` }
}

type Socket = Awaited<ReturnType<World['connect']>>

/** Advances time second by second until the room has this host; returns the seconds, -1 for more than `within`. */
export async function secondsUntil(
  world: World,
  who: Person,
  path: string,
  host: Person,
  within: number,
): Promise<number> {
  for (let second = 0; second <= within; second += 1) {
    await world.settled()
    if ((await who.does('GET', path)).host_id === host.id) return second
    world.advance(1_000)
  }
  return -1
}

/** Each user joins the room with a connection of their own. */
export async function enter(world: World, id: string, ...all: Person[]): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (const each of all) {
    const socket = await world.connect(each.token)
    await socket.ask('join_room', { room_id: id })
    sockets.push(socket)
  }
  return sockets
}

/** The role of each member, by name. */
export const rolesOf = async (who: Person, path: string): Promise<Record<string, string>> => {
  const { items } = await who.does('GET', `${path}/members`)
  return Object.fromEntries(items.map(({ user, role }: Answer) => [user.name, role]))
}

/** Does everything that rooms do when an account is deleted. */
export async function forgetUser(world: World, user: UserRef): Promise<void> {
  let position: string | null = null
  do position = (await world.rooms.forgetUser(user, position, 50)).next
  while (position !== null)
}

export type Hearing = { heard: readonly { event: string; data: Answer }[] }

/** Waits for the event with this name that is number `which`, from 1. */
export async function heardTimes({ heard }: Hearing, event: string, which: number): Promise<Answer> {
  for (;;) {
    const found = heard.filter((each) => each.event === event)[which - 1]
    if (found) return found.data
    await new Promise((resolve) => setImmediate(resolve))
  }
}
