import type { ActionOutput } from '../actions.ts'
import type { EventPayload } from '../events.ts'
import type { Mark } from '../types.ts'
import type { FeedRoom, RoomPreferences } from '../generated/shapes.generated.ts'

export type RoomsPage = ActionOutput<'feed.rooms'>
export type RoomsNews = EventPayload<'rooms_changed'>

/** What a client knows of the user's rooms. */
export type FeedList = {
  readonly rooms: ReadonlyMap<string, FeedRoom>
  /** The token for the next read; null: nothing has been read. */
  readonly since: string | null
  /** Where the next page begins; null: there is none. */
  readonly cursor: string | null
  /** Rooms that were active before this time (in ms) are on pages that have not been read. */
  readonly end: number
}

export const nothingRead: FeedList = { rooms: new Map(), since: null, cursor: null, end: 0 }

/** As the server sorts: by the last message, or, without one, by the time at which the room was made. */
const activityOf = ({ last_message_at, created_at }: Pick<FeedRoom, 'last_message_at' | 'created_at'>): number =>
  Date.parse(last_message_at ?? created_at)

/** The rooms of the pages that have been read, the last active first. */
export function shownOf({ rooms, end }: FeedList): FeedRoom[] {
  return [...rooms.values()]
    .filter((room) => activityOf(room) >= end)
    .toSorted((one, other) => activityOf(other) - activityOf(one) || (one.id < other.id ? 1 : -1))
}

const endOf = ({ items, next_cursor }: RoomsPage): Pick<FeedList, 'cursor' | 'end'> => {
  const last = items.at(-1)
  return { cursor: next_cursor, end: next_cursor !== null && last ? activityOf(last) : 0 }
}

/** The list after its first page. */
export const beginning = (page: RoomsPage): FeedList => ({
  rooms: new Map(page.items.map((item) => [item.id, item])),
  since: page.since,
  ...endOf(page),
})

/** The list after the page behind the last one. */
export const withMore = (list: FeedList, page: RoomsPage): FeedList => ({
  ...list,
  rooms: withRooms(list.rooms, page),
  ...endOf(page),
})

/** The list after a read of all that changed. */
export const withChanges = (list: FeedList, page: RoomsPage): FeedList => ({
  ...list,
  rooms: withRooms(list.rooms, page),
  since: page.since,
})

/** The list after an event. */
export function withNews(list: FeedList, { since, added, rooms, gone }: RoomsNews): FeedList {
  const next = withRooms(list.rooms, { items: added, gone })
  for (const { room_id, ...news } of rooms) {
    const known = next.get(room_id)
    if (known && news.last_seq >= known.last_seq)
      next.set(room_id, withoutFormerHost({ ...known, ...news, ...furthest(known, news) }))
  }
  return { ...list, rooms: next, since: Number(since) > Number(list.since) ? since : list.since }
}

type Reading = Pick<FeedRoom, 'read_seq' | 'unread_from' | 'unread'>
const readingOf = ({ read_seq, unread_from, unread }: Reading): Reading => ({ read_seq, unread_from, unread })

/** The list after the user has read further, or marked a room, on any device. */
export function withReading(list: FeedList, { room_id, ...reading }: Reading & { room_id: string }): FeedList {
  const known = list.rooms.get(room_id)
  if (!known || reading.read_seq < known.read_seq) return list
  return { ...list, rooms: new Map(list.rooms).set(room_id, { ...known, ...readingOf(reading) }) }
}

/** A pointer never goes back: what was told before the last mark is late. */
const furthest = (known: Reading, told: Partial<Reading>): Partial<Reading> =>
  (told.read_seq ?? 0) < known.read_seq ? readingOf(known) : {}

/** The room with what the user marked and the server has not confirmed. */
export function marked(room: FeedRoom, mark: Mark | undefined): FeedRoom {
  if (!mark) return room
  const read_seq = Math.max(room.read_seq, mark.read_seq)
  const unread_from = mark.unread_from ?? (mark.clears ? null : room.unread_from)
  // What lies between is counted by the server.
  const isRead = unread_from === null && read_seq >= (room.last_message?.seq ?? room.last_seq)
  return { ...room, read_seq, unread_from, unread: isRead ? 0 : room.unread }
}

/** Rooms that now belong on the pages that have been read, but of which an event has only the news. */
export function unknownIn({ rooms, end }: FeedList, news: RoomsNews): string[] {
  const isUnknown = ({ room_id, last_message_at }: RoomsNews['rooms'][number]) =>
    !rooms.has(room_id) && (end === 0 || (last_message_at != null && Date.parse(last_message_at) >= end))
  return news.rooms.filter(isUnknown).map(({ room_id }) => room_id)
}

/** News have no word for a field that is absent now. */
function withoutFormerHost({ host, ...room }: FeedRoom): FeedRoom {
  return host && room.host_id !== null ? { ...room, host } : room
}

/** Whether the event says that changes are told from now on (server rule UF4). */
export const isFirst = ({ added, rooms, gone }: RoomsNews): boolean => added.length + rooms.length + gone.length === 0

type Rooms = { items: readonly FeedRoom[]; gone: readonly { room_id: string }[] }

function withRooms(known: FeedList['rooms'], { items, gone }: Rooms): Map<string, FeedRoom> {
  const rooms = new Map(known)
  for (const { room_id } of gone) rooms.delete(room_id)
  for (const item of items) rooms.set(item.id, newer(rooms.get(item.id), item))
  return rooms
}

/** A room that was read may be older than what was told since. The role and own fields are not part of what is told. */
function newer(known: FeedRoom | undefined, read: FeedRoom): FeedRoom {
  if (!known) return read
  const room =
    known.last_seq > read.last_seq
      ? { ...known, me: read.me, ...(read.read_seq > known.read_seq ? readingOf(read) : {}) }
      : { ...read, ...furthest(known, read) }
  return { ...room, ...preferencesOf(isEarlier(read, known.preferences_at) ? known : read) }
}

/** Whether the room has preferences from before this time; one without any is not older: its membership may be a new one. */
const isEarlier = ({ preferences_at }: FeedRoom, time: string | null): boolean =>
  preferences_at !== null && time !== null && preferences_at < time

const preferencesOf = ({ notify, notify_until, favorite, group, preferences_at }: FeedRoom) => ({
  ...{ notify, notify_until, favorite, group, preferences_at },
})

/** The list after the user changed what they set for themselves in a room, here or elsewhere. */
export function withPreferences(list: FeedList, { room_id, changed_at, until, ...set }: RoomPreferences): FeedList {
  const known = list.rooms.get(room_id)
  if (!known || (known.preferences_at ?? '') >= (changed_at ?? '')) return list
  const room = { ...known, notify: set.notify, favorite: set.favorite, group: set.group }
  const rooms = new Map(list.rooms).set(room_id, { ...room, notify_until: until, preferences_at: changed_at })
  return { ...list, rooms }
}
