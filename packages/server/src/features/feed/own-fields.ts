import type { RoomFacts } from '../../core/contract.ts'
import { activityShard } from '../../platform/bus/bus.ts'
import type { RoomActivity, RoomBus } from '../../room/types.ts'
import { feedBounds } from './limits.ts'
import type { CountUnread } from './unread.ts'

/** A room in the list of a user, at this seq. */
export type ListedRoom = { readonly num: number; readonly last_seq: number }
/** JSON texts by field. */
export type FieldTexts = Readonly<Record<string, string>>

/** Where the `ownFields` of a feature come from (rule UF11). */
export type OwnFieldSource = {
  /** The fields for each of these rooms of the user, by num; `now` in ms. */
  of(user: number, rooms: readonly ListedRoom[], now: number): Promise<ReadonlyMap<number, FieldTexts>>
  /** Nums of rooms in which the user's fields changed at this time (in ms) or later; at most `limit`. */
  changedSince(user: number, since: number, limit: number): Promise<readonly number[]>
}

/** What the feed offers to features that show fields of their own in its items. */
export type FeedApi = {
  /** Called once, when the feature is created. */
  shows(source: OwnFieldSource): void
  /** The user's fields of this room have changed, and are stored: tells the connections with the feed, on every node. */
  changed(user: number, room: RoomFacts): void
  /** Called once, by the feature that knows how far users have read (rule UF13). */
  counts(count: CountUnread): void
  /** The user has read the room further or marked it, and that is stored: counts of before are given up, on every node. */
  read(user: number, room: RoomFacts): void
}

export type OwnFieldReads = ReturnType<typeof createOwnFields>['reads']

/** The fields that features add to the items of a user's list of rooms (rules UF11 and UF12). */
export function createOwnFields(activity: Pick<RoomBus['activity'], 'publish'>) {
  const sources: OwnFieldSource[] = []
  let count: CountUnread | null = null
  const nothing = { from: 0, last_seq: 0, news: null, begun: [], ended: [], closed: false }

  /** Only what names the room: callers may hand over one with its profile, of which the bus needs nothing. */
  const tell = ({ num, id, kind }: RoomFacts, whom: Pick<RoomActivity, 'own' | 'read'>) =>
    activity.publish(activityShard(num), { ...nothing, room: { num, id, kind }, ...whom })

  const api: FeedApi = {
    shows: (source) => void sources.push(source),
    changed: (user, room) => tell(room, { own: [user] }),
    counts: (given) => void (count = given),
    read: (user, room) => tell(room, { read: [user] }),
  }

  const reads = {
    /** Null: no feature counts what is unread. */
    count: (): CountUnread | null => count,

    /** `,"name":value` for each field, by room. */
    async texts(user: number, rooms: readonly ListedRoom[], now: number): Promise<ReadonlyMap<number, string>> {
      const all = rooms.length === 0 ? [] : await Promise.all(sources.map((source) => source.of(user, rooms, now)))
      const texts = new Map<number, string>()
      for (const { num } of rooms) {
        const fields = all.flatMap((of) => Object.entries(of.get(num) ?? {}))
        texts.set(num, fields.map(([name, text]) => `,${JSON.stringify(name)}:${text}`).join(''))
      }
      return texts
    },

    /** Nums of rooms; null: more than one answer names. */
    async changedSince(user: number, since: number): Promise<readonly number[] | null> {
      const limit = feedBounds.changed + 1
      const all = await Promise.all(sources.map((source) => source.changedSince(user, since, limit)))
      const nums = [...new Set(all.flat())]
      return nums.length > feedBounds.changed ? null : nums
    },
  }

  return { api, reads }
}
