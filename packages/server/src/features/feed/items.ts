import type { Profiles } from '../../room/people.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { preview } from './preview.ts'
import type { OwnFieldReads } from './own-fields.ts'
import type { FeedRow, LastMessage } from './store.ts'

/** The last message as JSON texts by field (rule UF2). */
export async function latest(people: Pick<Profiles, 'cachedProfile' | 'loadProfile'>, last: LastMessage) {
  const { message_at, message_seq, message_id, actor, type, text } = last
  const last_message_at = message_at === null ? 'null' : JSON.stringify(new Date(message_at).toISOString())
  if (message_id === null || actor === null) return { last_message_at, last_message: 'null' }
  const { id, name } = people.cachedProfile(actor) ?? (await people.loadProfile(actor))
  const shown = text === null ? null : preview(text)
  const fields = { id: message_id, seq: message_seq, sender: { id, name }, type, text: shown }
  return { last_message_at, last_message: JSON.stringify(fields) }
}

export const noMessage: LastMessage = {
  ...{ message_at: null, message_seq: null, message_id: null, actor: null, type: null, text: null },
}

export type ItemDeps = {
  rooms: Pick<Rooms, 'ownRooms'>
  people: Pick<Profiles, 'cachedProfile' | 'loadProfile'>
  own: OwnFieldReads
}

export type Item = { id: string; last_seq: number; text: string }

/** The rooms of these rows as items of a list, by num; rooms that ended for the user meanwhile are left out. */
export async function itemsOf(
  { rooms, people, own: ownFields }: ItemDeps,
  user: number,
  rows: readonly FeedRow[],
  now: number,
): Promise<ReadonlyMap<number, Item>> {
  const seqs = new Map(rows.map(({ num, last_seq }) => [num, last_seq]))
  const own = rows.length === 0 ? new Map<number, { id: string; text: string }>() : await rooms.ownRooms(user, seqs)
  const fields = await ownFields.texts(user, rows, now)
  const items = new Map<number, Item>()
  for (const row of rows) {
    const found = own.get(row.num)
    if (!found) continue
    const { last_message_at, last_message } = await latest(people, row)
    const text = `${found.text.slice(0, -1)},"last_message_at":${last_message_at},"last_message":${last_message}${fields.get(row.num) ?? ''}}`
    items.set(row.num, { id: found.id, last_seq: row.last_seq, text })
  }
  return items
}
