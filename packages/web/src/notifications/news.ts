import { type FeedRoom, notifyAt } from '@parlor/client/feed'

/** What was known of the rooms: by room the position of its last message, and the time of the last message of all. */
export type Seen = { readonly positions: ReadonlyMap<string, number>; readonly latest: number }

const timeOf = ({ last_message_at }: FeedRoom): number => (last_message_at === null ? 0 : Date.parse(last_message_at))

/**
 * The rooms with a message that came after `seen`; null: nothing was known, so nothing is new. Times are compared with each
 * other and never with the clock of this browser, which may be wrong.
 */
export function newsIn(rooms: readonly FeedRoom[], seen: Seen | null): { seen: Seen; news: readonly string[] } {
  const positions = new Map(rooms.map(({ id, last_message }) => [id, last_message?.seq ?? 0]))
  const latest = rooms.reduce((time, room) => Math.max(time, timeOf(room)), seen?.latest ?? 0)
  const isNew = (room: FeedRoom): boolean => {
    if (!seen || !room.last_message) return false
    const before = seen.positions.get(room.id)
    // A room that was not listed before may come from a further page.
    return before === undefined ? timeOf(room) > seen.latest : room.last_message.seq > before
  }
  return { seen: { positions, latest }, news: rooms.filter(isNew).map(({ id }) => id) }
}

/** Whether the last message of a room is one that the user wants to hear of (rule NO1). `now` in ms. */
export function isWanted(room: FeedRoom, me: string, now: number): boolean {
  const { last_message: last, unread } = room
  return last !== null && last.text !== null && last.sender.id !== me && unread > 0 && notifyAt(room, now) !== 'none'
}
