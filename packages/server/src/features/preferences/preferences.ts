import { type Action, implement, type RunContext } from '../../core/action.ts'
import { type Caller, requireUser } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { Live } from '../../room/live/live.ts'
import { roomErrors } from '../../room/errors.ts'
import { type RoomEngine, sentOutRole } from '../../room/types.ts'
import type { FeedApi, OwnFieldSource } from '../feed/feed.ts'
import type { KnownRoom, Rooms } from '../rooms/rooms.ts'
import { preferenceActions, preferencesChanged, type ShownPreferences } from './contract.ts'
import { preferenceErrors } from './errors.ts'
import { type Changes, fieldsAt, shownAt, type StoredPreferences } from './state.ts'
import type { PreferencesStore } from './store.ts'

/** Ms after which rooms in which nothing is set make space (rule PF6): tokens of lists are not older (rule UF3 of the feed). */
const kept = 8 * 86_400_000

export type PreferencesDeps = {
  clock: Pick<Clock, 'now'>
  engine: Pick<RoomEngine, 'find' | 'member'>
  live: Pick<Live, 'tellUser'>
  rooms: Pick<Rooms, 'find' | 'known'>
  feed: FeedApi
  store: PreferencesStore
}

/** What people set for themselves in rooms (rules PF1 to PF7). */
export function createPreferences({ clock, engine, live, rooms, feed, store }: PreferencesDeps): {
  actions: readonly Action[]
} {
  const source: OwnFieldSource = {
    async of(user, listed, now) {
      const nums = listed.map(({ num }) => num)
      const stored = await store.among(user, nums)
      return new Map(nums.map((num) => [num, fieldsAt(now, stored.get(num))]))
    },
    changedSince: store.changedSince,
  }
  feed.shows(source)

  /** Rejects unless the user has preferences here (rule PF1). */
  async function requireMember(room: number, user: number): Promise<void> {
    const member = user === 0 ? null : await engine.member(room, user)
    if (!member) throw new AppError(roomErrors.not_a_member)
    if (member.role === sentOutRole) throw new AppError(roomErrors.sent_out)
  }

  async function change(room: KnownRoom, user: number, changes: Changes): Promise<StoredPreferences> {
    const now = clock.now()
    const attempt = () => store.change(user, room.num, changes, now)
    const stored = await attempt()
    if (stored) return stored
    await requireMember(room.num, user)
    if ((await engine.find(room.id))?.closed_at !== null) throw new AppError(roomErrors.room_closed)
    const { group } = changes
    if (group != null && (await store.isFullOfGroups(user, room.num, group))) {
      throw new AppError(preferenceErrors.too_many_groups)
    }
    await store.makeSpace(user, now - kept)
    const again = await attempt()
    if (!again) throw new AppError(preferenceErrors.too_many_preferences)
    return again
  }

  async function update(
    { room_id, ...changes }: Changes & { room_id: string },
    caller: Caller,
    context: Pick<RunContext, 'charge'>,
  ): Promise<ShownPreferences> {
    const { id, num } = requireUser(caller).user
    const now = clock.now()
    if (changes.until != null && changes.until <= now) {
      throw new AppError('validation_error', { details: { errors: { until: 'This time is over' } } })
    }
    const room = await rooms.known(room_id)
    const stored = await change(room, num, changes)
    const shown = { room_id: room.id, ...shownAt(now, stored) }
    context.charge('fan_out_bytes', live.tellUser(id, preferencesChanged.name, shown))
    feed.changed(num, room)
    return shown
  }

  const isThere = async (_caller: Caller, { room_id }: { room_id: string }) =>
    (await rooms.find(room_id)) ? true : ('not_found' as const)

  return {
    actions: implement(preferenceActions, {
      'preferences.get': {
        allow: isThere,
        async run({ room_id }, caller) {
          const { num } = requireUser(caller).user
          const room = await rooms.known(room_id)
          await requireMember(room.num, num)
          const stored = await store.among(num, [room.num])
          return { room_id: room.id, ...shownAt(clock.now(), stored.get(room.num)) }
        },
      },
      'preferences.update': { allow: isThere, run: update },
    }),
  }
}
