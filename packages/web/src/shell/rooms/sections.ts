import { fitOf } from '../../palette/entries.ts'
import { type FeedRoom, isUnread, notifyAt } from '@parlor/client/feed'

/** `group`: one of the user's own. */
type Kind = 'unread' | 'favorites' | 'group' | 'rooms'
export type Section = {
  /** Which section it is; of an own group it holds the name. */
  key: string
  kind: Kind
  /** The name of the own group. */
  group: string | null
  rooms: readonly FeedRoom[]
}

const groupStart = 'group '
const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** The own groups of rooms, by name. */
export const groupsIn = (rooms: readonly FeedRoom[]): string[] =>
  [...new Set(rooms.flatMap(({ group }) => group ?? []))].toSorted(inOrder.compare)

/** The key of the section that a room belongs to by itself; unread rooms of which the user wants to hear come first. */
export function sectionOf(room: FeedRoom, now: number): string {
  if (isUnread(room) && notifyAt(room, now) !== 'none') return 'unread'
  if (room.favorite) return 'favorites'
  return room.group === null ? 'rooms' : groupStart + room.group
}

/**
 * The rooms of the column, each once, in the order of the feed. `opened`: the room that is open stays in the section in
 * which it was opened (rule SH3). Sections without rooms are left out.
 */
export function sectionsOf(
  rooms: readonly FeedRoom[],
  opened: { room_id: string; section: string } | null,
  now: number,
): readonly Section[] {
  const placed = new Map<string, FeedRoom[]>()
  for (const room of rooms) {
    const key = room.id === opened?.room_id ? opened.section : sectionOf(room, now)
    placed.set(key, [...(placed.get(key) ?? []), room])
  }
  const groups = [...placed.keys()].flatMap((key) => (key.startsWith(groupStart) ? key.slice(groupStart.length) : []))
  const all: Omit<Section, 'rooms'>[] = [
    { key: 'unread', kind: 'unread', group: null },
    { key: 'favorites', kind: 'favorites', group: null },
    ...groups
      .toSorted(inOrder.compare)
      .map((group): Omit<Section, 'rooms'> => ({ key: groupStart + group, kind: 'group', group })),
    { key: 'rooms', kind: 'rooms', group: null },
  ]
  return all.flatMap((section) => {
    const own = placed.get(section.key)
    return own ? [{ ...section, rooms: own }] : []
  })
}

/**
 * The same rooms in the same places, with what is known of them now (rule SH2): while pointer or focus is among them nothing
 * moves. What has come since is not shown yet, but for further pages, which are added at the end; what is gone stays as it
 * was.
 */
export function heldIn(before: readonly Section[], now: readonly Section[]): readonly Section[] {
  const shown = new Set(before.flatMap(({ rooms }) => rooms.map(({ id }) => id)))
  const known = new Map(now.flatMap(({ rooms }) => rooms.map((room) => [room.id, room])))
  const further = now.flatMap(({ rooms }) => {
    const last = rooms.findLastIndex(({ id }) => shown.has(id))
    return last < 0 ? [] : rooms.slice(last + 1)
  })
  return before.map(({ rooms, ...section }, at) => ({
    ...section,
    rooms: [...rooms.map((room) => known.get(room.id) ?? room), ...(at === before.length - 1 ? further : [])],
  }))
}

/** Those rooms, in their places, whose names hold what was typed, without case and accents (rule SH10). */
export function fitting(sections: readonly Section[], typed: string): readonly Section[] {
  if (typed.trim() === '') return sections
  return sections.flatMap(({ rooms, ...section }) => {
    const fit = rooms.filter(({ name }) => fitOf(typed, name) !== null)
    return fit.length === 0 ? [] : [{ ...section, rooms: fit }]
  })
}
