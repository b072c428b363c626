import type { FeedRoom } from '@parlor/client/feed'

export type SectionName = 'rooms'
export type Section = { name: SectionName; rooms: readonly FeedRoom[] }

/** The section that a room belongs to by itself. */
export const sectionOf = (_room: FeedRoom): SectionName => 'rooms'

/**
 * The rooms of the column, each once, in the order of the feed. `opened`: the room that is open stays in the section in
 * which it was opened (rule SH3). Sections without rooms are left out.
 */
export function sectionsOf(
  rooms: readonly FeedRoom[],
  opened: { room_id: string; section: SectionName } | null,
): readonly Section[] {
  const placeOf = (room: FeedRoom) => (room.id === opened?.room_id ? opened.section : sectionOf(room))
  return (['rooms'] as const)
    .map((name) => ({ name, rooms: rooms.filter((room) => placeOf(room) === name) }))
    .filter(({ rooms }) => rooms.length > 0)
}

/**
 * The same rooms in the same places, with what is known of them now (rule SH2): while pointer or focus is among them nothing
 * moves. What has come since is not shown yet; what is gone stays as it was.
 */
export function heldIn(before: readonly Section[], now: readonly Section[]): readonly Section[] {
  const known = new Map(now.flatMap(({ rooms }) => rooms.map((room) => [room.id, room])))
  return before.map(({ name, rooms }) => ({ name, rooms: rooms.map((room) => known.get(room.id) ?? room) }))
}
