import { type Action, implement } from '../../core/action.ts'
import { requireUser, type UserRef } from '../../core/caller.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import { Json } from '../../core/json.ts'
import type { Output } from '../../core/contract.ts'
import type { ReadQueue } from '../../core/fairness/read-queue.ts'
import { activityShards, type Subscription } from '../../platform/bus/bus.ts'
import type { Live } from '../../room/live/live.ts'
import type { Profiles } from '../../room/people.ts'
import { type RoomBus, type RoomEngine, sentOutRole } from '../../room/types.ts'
import { pageSize, type Rooms } from '../rooms/rooms.ts'
import type { FeedActions } from './contract.ts'
import { createFeedIndex, type Entry, type FeedUser } from './index.ts'
import { itemsOf } from './items.ts'
import { feedBounds, feedTimes } from './limits.ts'
import type { OwnFieldReads } from './own-fields.ts'
import { countUnread } from './counting.ts'
import { tellInTurn } from './sending.ts'
import type { FeedPlace, FeedStore } from './store.ts'

export type { FeedApi, OwnFieldSource } from './own-fields.ts'

export type FeedDeps = {
  actions: FeedActions
  activity: Pick<RoomBus['activity'], 'subscribe'>
  engine: Pick<RoomEngine, 'roomsOf' | 'membersAmong'>
  live: Pick<Live, 'tellPeer' | 'owner' | 'reader'>
  people: Pick<Profiles, 'cachedProfile' | 'loadProfile'>
  rooms: Pick<Rooms, 'ownRooms'>
  store: FeedStore
  own: OwnFieldReads
  readQueue: ReadQueue
  clock: Clock
  timers: Timers
  /** Rooms of one user in the feed. */
  most: number
  /** Bytes of all events in a second. */
  mostBytes: number
  /** Memberships of all connected users (rule UF10). */
  mostMemberships: number
  onFailure: (error: unknown) => void
}

/** The list of one's rooms, and the events to connections that asked for them (rules UF1 to UF8). */
export function createFeed(deps: FeedDeps) {
  const { engine, live, store, clock, timers, most, mostBytes, mostMemberships, onFailure } = deps
  const index = createFeedIndex()
  let subscriptions: Subscription[] = []
  let cancel: (() => void) | null = null
  let running: Promise<void> | null = null
  let last = Number.NEGATIVE_INFINITY
  let isClosed = false

  function listen(): void {
    if (subscriptions.length > 0 || isClosed) return
    subscriptions = Array.from({ length: activityShards }, (_, shard) =>
      deps.activity.subscribe(shard, (line) => {
        index.hear(line)
        if (line.begun.length > 0) resolveGuests()
        schedule()
      }),
    )
  }

  function stopListening(): void {
    for (const subscription of subscriptions) subscription.close()
    subscriptions = []
  }

  /** A guest who joined their first room was stored for that. */
  function resolveGuests(): void {
    for (const connection of [...index.unstored]) {
      const num = live.owner(connection.id)?.user?.num ?? 0
      if (num === 0) continue
      index.unstored.delete(connection)
      belongTo(connection.id, num)
    }
  }

  function belongTo(id: string, num: number): void {
    const connection = index.connections.get(id)
    const fresh = connection && index.belongTo(connection, num)
    if (fresh) void load(fresh)
    schedule()
  }

  async function load(user: FeedUser): Promise<void> {
    const [connection] = user.connections
    if (!connection || isClosed) return
    const isNeeded = () => user.connections.size > 0 && !isClosed
    try {
      const rows = await deps.readQueue.take(live.reader(connection.id), async () => {
        await Promise.all(subscriptions.map(({ confirmed }) => confirmed))
        return index.memberships() < mostMemberships ? engine.roomsOf(user.num, most) : null
      })
      if (rows && isNeeded()) index.loaded(user, rows)
      // Rule UF10.
      if (!rows) timers.after(feedTimes.full, () => void load(user))
      schedule()
    } catch (error) {
      if (!isNeeded()) return
      // Nothing was read for a connection that has closed before its turn (core rule T5); the user has others.
      if (live.owner(connection.id) !== undefined) onFailure(error)
      timers.after(feedTimes.again, () => void load(user))
    }
  }

  function schedule(): void {
    if (isClosed || cancel || running || !index.hasNews()) return
    const wait = Math.max(feedTimes.soon, last + feedTimes.pause - clock.monotonic())
    cancel = timers.after(wait, () => {
      cancel = null
      last = clock.monotonic()
      running = flush()
        .catch(onFailure)
        .finally(() => {
          running = null
          schedule()
        })
    })
  }

  async function flush(): Promise<void> {
    const now = clock.now()
    for (const entry of [...index.unsure]) {
      index.unsure.delete(entry)
      await check(entry).catch((error: unknown) => {
        index.unsure.add(entry)
        onFailure(error)
      })
    }
    for (const user of [...index.looking]) await lookAt(user)
    const count = deps.own.count()
    if (count) await countUnread(count, index)
    index.settle(
      await tellInTurn({ live, now, most: mostBytes, isClosed: () => isClosed, counts: count !== null }, index),
    )
  }

  /** Rule UF6. */
  async function check(entry: Entry): Promise<void> {
    const asked = [...entry.users.keys()]
    const members = await engine.membersAmong(
      entry.num,
      asked.map(({ num }) => num),
    )
    const there = new Set(members.filter(({ role }) => role !== sentOutRole).map(({ user }) => user))
    const away = asked.filter((user) => !there.has(user.num) && entry.users.has(user))
    const reasons = await store.reasons(
      entry.num,
      away.map(({ num }) => num),
    )
    for (const user of away) if (entry.users.has(user)) index.drop(entry, user, reasons.get(user.num) ?? 'left')
  }

  /** Reads memberships that began, and tells them with the whole room. */
  async function lookAt(user: FeedUser): Promise<void> {
    const nums = [...user.begun].slice(0, feedBounds.items)
    for (const num of nums) user.begun.delete(num)
    if (user.begun.size === 0) index.looking.delete(user)
    const items = await read(user.num, nums).catch((error: unknown) => {
      for (const num of nums) index.look(user, num)
      throw error
    })
    if (user.connections.size === 0) return
    for (const [num, { id, last_seq, text }] of items) {
      index.enter(user, { num, id }, last_seq)
      for (const connection of user.connections) {
        connection.gone?.delete(id)
        connection.added ??= new Map()
        connection.added.set(num, text)
      }
    }
    if (items.size > 0) index.markUser(user)
  }

  const read = async (user: number, nums: readonly number[]) =>
    itemsOf(deps, user, await store.among(user, nums), clock.now())

  async function list(user: number, since: string | null, cursor: string | null, limit: number) {
    const now = clock.now()
    const asked = since === null ? null : Number(since)
    const isOld = asked !== null && (asked < now - feedTimes.keepGone || asked > now + feedTimes.overlap)
    const from = asked === null ? null : asked - feedTimes.overlap
    const gone = from === null || isOld || cursor !== null ? [] : await store.goneSince(user, from)
    const changed = from === null || isOld ? [] : await deps.own.changedSince(user, from)
    const isReset = isOld || changed === null || gone.length > feedBounds.gone
    const page = { since: isReset ? null : from, changed: changed ?? [], after: placeOf(cursor), limit }
    const rows = await store.page(user, page)
    const shown = rows.slice(0, limit)
    const end = rows.length > limit ? shown.at(-1) : undefined
    const items = await itemsOf(deps, user, shown, now)
    const rest = {
      gone: isReset ? [] : gone,
      since: String(now),
      ...(isReset ? { reset: true } : {}),
      next_cursor: end ? `${end.active_at}.${end.num}` : null,
    }
    const texts = [...items.values()].map(({ text }) => text)
    return new Json<Output<FeedActions['feed.rooms']>>(`{"items":[${texts.join(',')}],${JSON.stringify(rest).slice(1)}`)
  }

  const actions: readonly Action[] = implement(deps.actions, {
    'feed.rooms': {
      allow: (caller) => (caller.kind === 'user' ? true : 'not_authenticated'),
      run: ({ since, cursor, limit }, caller) =>
        list(requireUser(caller).user.num, since ?? null, cursor ?? null, pageSize(limit)),
    },
  })

  return {
    actions,
    /** The connection asked for the feed. */
    open(id: string, { num }: UserRef): void {
      if (isClosed) return
      listen()
      const connection = index.open(id, clock.now())
      if (num !== 0) return belongTo(id, num)
      index.unstored.add(connection)
      index.dirty.add(connection)
      schedule()
    },
    closed(id: string): void {
      index.close(id)
      if (index.connections.size === 0) stopListening()
    },
    async close(): Promise<void> {
      isClosed = true
      cancel?.()
      stopListening()
      await running
    },
  }
}

function placeOf(cursor: string | null): FeedPlace | null {
  const [, active_at, num] = /^(\d+)\.(\d+)$/.exec(cursor ?? '') ?? []
  return active_at === undefined || num === undefined ? null : { active_at: Number(active_at), num: Number(num) }
}
