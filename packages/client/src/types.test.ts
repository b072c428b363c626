import { test } from 'node:test'
import type { Parlor, Room } from './parlor.ts'

// What the compiler must refuse; that it does is checked with all other types.

export async function calls({ call, rooms, auth }: Parlor): Promise<void> {
  const { items } = await rooms.mine()
  items[0]?.me.role.toUpperCase()
  const room = await rooms.create({ name: 'Tea', settings: { chat: 'host' } })
  room.last_seq.toFixed()
  const { messages } = await call('messages.history', { room_id: room.id, before: 3 })
  messages[0]?.sender.name.trim()
  await auth.sessions()
  // @ts-expect-error a room needs a name
  await rooms.create({})
  // @ts-expect-error there is no such action
  await call('rooms.destroy', { room_id: '1' })
  // @ts-expect-error a room_id is missing
  await call('messages.history')
  // @ts-expect-error no such setting
  await rooms.update({ room_id: '1', settings: { chat: 'nobody' } })
  // @ts-expect-error what only a room's own connection can do
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
  // @ts-expect-error one that is not stored has no number
  message?.seq.toFixed()
  if (message?.id) message.seq.toFixed()
}

test('the types of calls and events are those of the contracts', () => {})
