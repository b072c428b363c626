import { type Action, implement } from '../../../core/action.ts'
import { requireUser } from '../../../core/caller.ts'
import type { Database } from '../../../platform/db/database.ts'
import { fitOf, searchKey } from '../../../core/text/search.ts'
import type { People } from '../../../room/types.ts'
import { personIn } from '../../identity/contract.ts'
import { searchActions } from '../contract/people.ts'
import { createSearchStore, type OwnRoom, type SharedMembership } from './search-store.ts'

/** Rooms and memberships that one search looks at, and what it answers (rule PS2). */
const bounds = { rooms: 200, memberships: 1_000, people: 50, shown: 20, rooms_shown: 3 }

export type SearchDeps = { db: Database; people: People }

type Found = { user: number; fit: number; room_ids: string[] }

/** Finds people in the rooms that one shares with them (rules PS1 to PS4). */
export function createSearch({ db, people }: SearchDeps): Action[] {
  const store = createSearchStore(db)

  async function memberships(user: number, rooms: readonly OwnRoom[]): Promise<SharedMembership[]> {
    const looked: number[] = []
    let sum = 0
    for (const { num, member_count } of rooms) {
      if (sum >= bounds.memberships) break
      sum += member_count
      looked.push(num)
    }
    // Only the last one can have more than what is left, and a statement keeps no order among rooms.
    const last = looked.pop()
    if (last === undefined) return []
    const others = looked.length === 0 ? [] : await store.othersIn(looked, user, bounds.memberships)
    return [...others, ...(await store.othersIn([last], user, bounds.memberships - others.length))]
  }

  return implement(searchActions, {
    'rooms.people': {
      allow: () => true,
      async run({ q, limit }, caller) {
        const { num } = requireUser(caller).user
        const rooms = num === 0 ? [] : await store.smallestRooms(num, bounds.rooms)
        const found = matching(searchKey(q ?? ''), rooms, await memberships(num, rooms))
        const shown = found.slice(0, Math.min(limit ?? bounds.shown, bounds.people))
        const profiles = await people.load(shown.map(({ user }) => user))
        const items = shown.map(({ user, room_ids }) => ({
          ...personIn(profiles.get(user) ?? ''),
          room_ids: room_ids.slice(0, bounds.rooms_shown),
        }))
        return { items, next_cursor: null }
      },
    },
  })
}

/** The people whose names fit, the best first, then those with whom one shares most rooms. */
function matching(key: string, rooms: readonly OwnRoom[], all: readonly SharedMembership[]): Found[] {
  const places = new Map(rooms.map(({ num, id }, place) => [num, { id, place }]))
  const placeOf = (room: number) => places.get(room)?.place ?? 0
  const found = new Map<number, Found | null>()
  for (const { room, user, username } of all.toSorted((one, other) => placeOf(one.room) - placeOf(other.room))) {
    const known = found.get(user)
    const fit = known === undefined ? fitOf(key, username) : null
    if (known === undefined) found.set(user, fit === null ? null : { user, fit, room_ids: [] })
    const id = places.get(room)?.id
    if (id !== undefined) found.get(user)?.room_ids.push(id)
  }
  return [...found.values()]
    .filter((each) => each !== null)
    .toSorted((one, other) => one.fit - other.fit || other.room_ids.length - one.room_ids.length)
}
