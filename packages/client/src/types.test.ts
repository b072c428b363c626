import { test } from 'node:test'
import type { AnyErrorCode } from './error.ts'
import type { Member, Message, Parlor, Person, Room, RoomInfo, RoomRecord } from './parlor.ts'

// What the compiler must refuse; checked together with all other types.

export async function calls({ call, rooms, auth }: Parlor): Promise<void> {
  const { items } = await call('feed.rooms')
  items[0]?.me.role.toUpperCase()
  const room = await rooms.create({ name: 'Tea', settings: { chat: 'host' } })
  room.last_seq.toFixed()
  const { messages } = await call('messages.history', { room_id: room.id, before: 3 })
  messages[0]?.sender.name.trim()
  const { files, next_cursor } = await call('messages.files', { room_id: room.id, kind: 'audio' })
  files[0]?.file.waveform?.map((peak) => peak * (next_cursor ?? 1))
  await auth.sessions()
  const { id, key } = await auth.createKey({ name: 'CI', scopes: ['messages:write'], expires_in: 3600 })
  // @ts-expect-error there is no such scope
  await auth.createKey({ name: key, scopes: ['everything'] })
  await auth.revokeKey({ id })
  // @ts-expect-error a room needs a name
  await rooms.create({})
  // @ts-expect-error there is no such action
  await call('rooms.destroy', { room_id: '1' })
  // @ts-expect-error a room_id is missing
  await call('messages.history')
  // @ts-expect-error no such setting
  await rooms.update({ room_id: '1', settings: { chat: 'nobody' } })
  // @ts-expect-error an action of a room's own connection
  await rooms.attach({ room_id: '1' })
}

export function events(room: Room): void {
  room.on('new_message', ({ seq, content }) => content?.slice(seq))
  room.on('member_left', ({ reason }) => reason === 'banned')
  // @ts-expect-error there is no such event
  room.on('new_massage', () => {})
  // @ts-expect-error a message has no title
  room.on('new_message', ({ title }) => title)
  const { message } = room.messages.get().items[0] ?? {}
  // @ts-expect-error an unsent message has no id
  message?.seq.toFixed()
  if (message?.id) message.seq.toFixed()
}

/** A shape with a name in the contracts is one type everywhere. */
export async function shapes({ call, rooms }: Parlor, room: Room): Promise<void> {
  const { items } = await rooms.members({ room_id: room.id })
  const member: Member | undefined = items[0]
  const person: Person | undefined = member?.user
  person?.name.trim()
  const info: RoomInfo = await rooms.create({ name: 'Tea' })
  if (info.host_rights === 'order') info.settings.locked.valueOf()
  // @ts-expect-error the host has no such rights
  if (info.host_rights === 'none') return
  const { messages } = await call('messages.history', { room_id: room.id })
  const newest: Message | undefined = messages.at(-1)
  room.on('new_message', (heard: Message) => heard.id === newest?.id)
}

export function records(room: Room): void {
  const waiting = room.records('waiting').get().get('a user')
  waiting?.value.user.name.trim()
  waiting?.value.since.slice(0, 10)
  // @ts-expect-error a waiting user has no such field
  String(waiting?.value.until)
  const notice: 'passwords' | undefined = room.records('notice').get().get('passwords')?.value.kind
  room
    .records('invite')
    .get()
    .get(notice ?? '')
    ?.value.expires_at?.trim()
  // A record type that the contracts do not name has the general type.
  const cursor: RoomRecord | undefined = room.records('cursor').get().get('a user')
  const value: unknown = cursor?.value['x']
  const any: RoomRecord | undefined = waiting
  String([value, any])
}

export function codes(code: AnyErrorCode): boolean {
  // @ts-expect-error a misspelled code; a newer server's codes are compared as strings
  const misspelt: Exclude<AnyErrorCode, string & {}> = 'not_fuond'
  return code === 'not_found' || code === 'offline' || code === misspelt
}

test('[T1] calls, events and records have the types of the contracts', () => {})
