import { ok, rest } from '../rest.ts'
import type { Person, Stage } from './stage.ts'
import type { JsonObject, Room } from '../wire.ts'

/** A caller's relation to a room. `anonymous` has no token. */
export const parts = [
  ...(['host', 'cohost', 'member', 'guest', 'target'] as const),
  ...(['outsider', 'invited', 'banned', 'waiting', 'guestOutsider', 'anonymous'] as const),
] as const
export type Part = (typeof parts)[number]

export type Cast = { readonly [part in Exclude<Part, 'anonymous'>]: Person }

/** The parts that have accounts; all others are guests. `guest` is a member without an account. */
const withAccount = ['host', 'cohost', 'member', 'target', 'outsider', 'banned'] as const

/** The users of a suite, who have the same part in each room. */
export async function castOf(stage: Stage): Promise<Cast> {
  const [host, cohost, member, target, outsider, banned] = await Promise.all(
    withAccount.map((part) => stage.account(part)),
  )
  const [guest, invited, waiting, guestOutsider] = await Promise.all(
    ['guest', 'invited', 'waiting', 'passer-by'].map((part) => stage.guest(part)),
  )
  if (!host || !cohost || !member || !target || !outsider || !banned) throw new Error('An account is absent')
  if (!guest || !invited || !waiting || !guestOutsider) throw new Error('A guest is absent')
  return { host, cohost, member, guest, target, outsider, invited, banned, waiting, guestOutsider }
}

export type Set = { room_id: string; isPrivate: boolean; cast: Cast; invite: { id: string; code: string } }

/** A room in which everyone has their part; a private one needs an invitation. */
export async function roomOf(url: string, cast: Cast, isPrivate: boolean): Promise<Set> {
  const as = <T = JsonObject>({ token }: Person, method: string, path: string, body: JsonObject = {}) =>
    ok<T>(url, method, `/api/rooms${path}`, { token, body })
  const { id: room_id } = await as<Room>(cast.host, 'POST', '', { name: 'A room' })
  await Promise.all(
    [cast.cohost, cast.member, cast.guest, cast.target].map((person) => as(person, 'POST', `/${room_id}/join`)),
  )
  await as(cast.host, 'PATCH', `/${room_id}/members/${cast.cohost.id}`, { role: 'cohost' })
  await as(cast.host, 'DELETE', `/${room_id}/members/${cast.banned.id}`, { ban: true })
  const invite = await as<{ id: string; code: string }>(cast.host, 'POST', `/${room_id}/invites`)
  await as(cast.host, 'PATCH', `/${room_id}`, { settings: { waiting: true } })
  await as(cast.waiting, 'POST', `/${room_id}/join`)
  if (isPrivate) await as(cast.host, 'PATCH', `/${room_id}`, { is_private: true })
  return { room_id, isPrivate, cast, invite }
}

/** Closes the room if the host still owns it, because a user may wait for only a few rooms at a time. */
export async function strike(url: string, { room_id, cast }: Set): Promise<void> {
  await rest(url, 'DELETE', `/api/rooms/${room_id}`, { token: cast.host.token })
}

/** Everything that the owner sees of the room. */
export async function stateOf(url: string, { room_id, cast }: Set): Promise<JsonObject> {
  const { token } = cast.host
  const see = (path: string) => ok(url, 'GET', `/api/rooms/${room_id}${path}`, { token })
  const [room, members, waiting] = await Promise.all([see(''), see('/members'), see('/waiting')])
  return { room, members, waiting }
}
