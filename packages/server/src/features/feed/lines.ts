import type { Clock, Timers } from '../../core/clock.ts'
import type { RoomFacts, StoredEvent } from '../../core/contract.ts'
import { storedObject } from '../../core/stored.ts'
import { activityShard } from '../../platform/bus/bus.ts'
import { roomClosed } from '../../room/contract.ts'
import type { Profiles } from '../../room/people.ts'
import type { RoomActivity, RoomBatch, RoomBus } from '../../room/types.ts'
import { messageSent } from '../messages/contract.ts'
import { roomUpdated } from '../rooms/contract.ts'
import { lobbyId, type Rooms } from '../rooms/rooms.ts'
import { latest, noMessage } from './items.ts'
import { feedBounds, feedTimes } from './limits.ts'
import { endOf, lastMessageOf } from './projector.ts'
import type { FeedStore, LastMessage } from './store.ts'

export type LinesDeps = {
  activity: Pick<RoomBus['activity'], 'publish'>
  rooms: Pick<Rooms, 'json'>
  people: Pick<Profiles, 'cachedProfile' | 'loadProfile'>
  store: Pick<FeedStore, 'lastMessages'>
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  onFailure: (error: unknown) => void
}

/** What this node committed to a room since its last line; `from` 0: another node committed in between. */
type Pending = {
  room: RoomFacts
  from: number
  to: number
  message: StoredEvent | null
  /** What must be read for the line: the room's fields, the number of members, and the last message. */
  isUpdated: boolean
  hasMembers: boolean
  hasOther: boolean
  hasEvents: boolean
  begun: Set<number>
  /** Messages by their senders. */
  said: Map<number, number>
}

/** Publishes what this node commits: a line a second and room, and one at once when a membership ends (rule UF5). */
export function createLines({ activity, rooms, people, store, clock, timers, onFailure }: LinesDeps) {
  const pending = new Map<number, Pending>()
  let cancel: (() => void) | null = null
  let running: Promise<void> | null = null
  let last = Number.NEGATIVE_INFINITY
  let isClosed = false

  function schedule(): void {
    if (isClosed || cancel || running) return
    const wait = Math.max(feedTimes.soon, last + feedTimes.pause - clock.monotonic())
    cancel = timers.after(wait, () => {
      cancel = null
      last = clock.monotonic()
      running = publishAll()
        .catch(onFailure)
        .finally(() => {
          running = null
          if (pending.size > 0) schedule()
        })
    })
  }

  async function publishAll(): Promise<void> {
    const all = [...pending.values()]
    pending.clear()
    const changed = all.filter(({ hasOther }) => hasOther).map(({ room }) => room.num)
    const stored = await store.lastMessages(changed)
    for (const each of all) {
      const news = each.hasEvents ? await newsOf(each, stored.get(each.room.num)) : null
      publish(each, news, { begun: [...each.begun], ended: [], closed: false })
    }
  }

  function publish(
    { room, from, to, said, hasOther }: Pending,
    news: RoomActivity['news'],
    members: Pick<RoomActivity, 'begun' | 'ended' | 'closed'>,
  ): void {
    activity.publish(activityShard(room.num), {
      ...{ room, from, last_seq: to, news, ...members },
      said: hasOther || said.size > feedBounds.senders ? null : [...said],
    })
  }

  async function newsOf(
    { room, to, message, isUpdated, hasMembers, hasOther }: Pending,
    stored: LastMessage | undefined,
  ): Promise<Record<string, string>> {
    const news: Record<string, string> = { last_seq: String(to) }
    const said = message && !hasOther ? lastMessageOf(message, storedObject(message.body) ?? {}) : null
    if (said || hasOther) Object.assign(news, await latest(people, said ?? stored ?? noMessage))
    if (!isUpdated && !hasMembers) return news
    const fields = Object.entries(storedObject(await rooms.json(room.id)) ?? {})
    for (const [name, value] of fields)
      if (name === 'member_count' || (isUpdated && !unchanging.has(name))) news[name] = JSON.stringify(value)
    return news
  }

  return {
    onCommit({ room, from, to, entries }: Pick<RoomBatch, 'room' | 'from' | 'to' | 'entries'>): void {
      if (room.id === lobbyId || isClosed) return
      const known = pending.get(room.num)
      const line = known ?? emptyLine(room, from)
      if (known && from !== known.to + 1) line.from = 0
      line.to = to
      pending.set(room.num, line)
      const ended = new Map<number, string>()
      let closed = false
      for (const entry of entries) {
        if (entry.kind !== 'event') continue
        const { type, actor, body } = entry.event
        line.hasEvents = true
        if (type === messageSent.name) {
          line.message = entry.event
          line.said.set(actor, (line.said.get(actor) ?? 0) + 1)
          continue
        }
        if (type === roomClosed.name) closed = true
        const end = endOf(type, storedObject(body) ?? {})
        if (end !== undefined) line.hasMembers = true
        else if (type === roomUpdated.name) line.isUpdated = true
        else line.hasOther = true
        if (end === undefined) continue
        if (end === null) line.begun.add(actor)
        else line.begun.delete(actor)
        if (end === null) ended.delete(actor)
        else ended.set(actor, end)
      }
      if (ended.size > 0 || closed) {
        publish(line, null, { begun: [], ended: [...ended], closed })
        line.from = to + 1
        line.said = new Map()
      }
      if (closed) pending.delete(room.num)
      schedule()
    },

    async close(): Promise<void> {
      isClosed = true
      cancel?.()
      await running
    },
  }
}

/** Fields of a room that never change, and `last_seq`, which every line has. */
const unchanging: ReadonlySet<string> = new Set(['id', 'kind', 'created_at', 'last_seq'])

const emptyLine = (room: RoomFacts, from: number): Pending => ({
  ...{ room, from, to: 0, message: null, isUpdated: false, hasMembers: false, hasOther: false, hasEvents: false },
  ...{ begun: new Set(), said: new Map() },
})
