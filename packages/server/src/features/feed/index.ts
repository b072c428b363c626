import type { RoomFacts } from '../../core/contract.ts'
import type { RoomActivity } from '../../room/types.ts'
import { afterLine, type Unread } from './unread.ts'

/** A room of connected users. `news`: JSON texts by field that not all connections were told; `text`: the same, encoded. */
export type Entry = {
  readonly num: number
  readonly id: string
  /** With the seq of the room at which the membership was read. */
  readonly users: Map<FeedUser, number>
  /** Up to `last_seq`, for those users for whom it was counted; null: it is being counted. */
  readonly unread: Map<FeedUser, Unread | null>
  last_seq: number
  news: Readonly<Record<string, string>>
  newsSeq: number
  text: string | null
}

export type FeedUser = {
  readonly num: number
  readonly connections: Set<FeedConnection>
  readonly rooms: Set<Entry>
  /** Rooms that must be read: the membership began, or may have begun again, or what the user alone sees has changed. */
  readonly begun: Set<number>
  /** While the rooms are being read: the seqs at which memberships ended meanwhile, by room; null afterwards. */
  loading: Map<number, number> | null
}

/** What a connection has not been told yet; `since`: it was told everything up to then, in ms. */
export type FeedConnection = {
  readonly id: string
  user: FeedUser | null
  since: number
  isNew: boolean
  changed: Set<Entry> | null
  added: Map<number, string> | null
  gone: Map<string, string> | null
}

export type FeedIndex = ReturnType<typeof createFeedIndex>

/** Which connected users want to hear of which rooms, and what they have not been told yet. Does no I/O. */
export function createFeedIndex() {
  const connections = new Map<string, FeedConnection>()
  const users = new Map<number, FeedUser>()
  const rooms = new Map<number, Entry>()
  /** Whose user is not stored yet, and so has no rooms. */
  const unstored = new Set<FeedConnection>()
  const dirty = new Set<FeedConnection>()
  const looking = new Set<FeedUser>()
  /** Rooms of which lines may be missing (rule UF6). */
  const unsure = new Set<Entry>()

  function markUser(user: FeedUser): void {
    for (const connection of user.connections) dirty.add(connection)
  }

  function look(user: FeedUser, room: number): void {
    user.begun.add(room)
    looking.add(user)
  }

  let memberships = 0

  function enter(user: FeedUser, room: Pick<RoomFacts, 'num' | 'id'>, seq: number): void {
    const { num, id } = room
    const entry = rooms.get(num) ?? newEntry(num, id, seq)
    rooms.set(num, entry)
    if (!entry.users.has(user)) memberships += 1
    entry.users.set(user, seq)
    user.rooms.add(entry)
  }

  function leave(entry: Entry, user: FeedUser): void {
    if (entry.users.delete(user)) memberships -= 1
    entry.unread.delete(user)
    user.rooms.delete(entry)
    for (const { changed } of user.connections) changed?.delete(entry)
    if (entry.users.size > 0) return
    rooms.delete(entry.num)
    unsure.delete(entry)
  }

  /** The membership ended: nothing more of the room is told (rule UF6). */
  function drop(entry: Entry, user: FeedUser, reason: string): void {
    leave(entry, user)
    for (const connection of user.connections) {
      connection.added?.delete(entry.num)
      connection.gone ??= new Map()
      connection.gone.set(entry.id, reason)
      dirty.add(connection)
    }
  }

  function endMemberships(entry: Entry, { ended, closed, last_seq }: RoomActivity): void {
    for (const [num, reason] of ended) {
      const user = users.get(num)
      const readAt = user && entry.users.get(user)
      if (!user || readAt === undefined || readAt >= last_seq) continue
      drop(entry, user, reason)
      // It may have begun again on another node, whose line came before this one.
      look(user, entry.num)
    }
    if (closed) for (const user of [...entry.users.keys()]) drop(entry, user, 'closed')
  }

  /** Rule UF13. */
  function forgetUnread(room: number, nums: readonly number[]): void {
    for (const num of nums) {
      const user = users.get(num)
      if (user) rooms.get(room)?.unread.delete(user)
    }
  }

  /** Rule UF13. */
  function countOn({ unread, last_seq }: Entry, line: RoomActivity): void {
    if (line.from !== last_seq + 1) return unread.clear()
    if (line.said?.length === 0) return
    const own = new Map(line.said)
    for (const [user, before] of unread) {
      const after = before && afterLine(before, line, own.get(user.num) ?? 0)
      if (!after) unread.delete(user)
      else if (after !== before) unread.set(user, after)
    }
  }

  /** Rule UF12. */
  function lookAtOwn(room: number, nums: readonly number[]): void {
    for (const num of nums) {
      const user = users.get(num)
      if (user && rooms.get(room)?.users.has(user)) look(user, room)
    }
  }

  return {
    ...{ connections, users, unstored, dirty, looking, unsure, look, enter, drop, markUser },

    open(id: string, now: number): FeedConnection {
      const connection = { id, user: null, since: now, isNew: true, changed: null, added: null, gone: null }
      connections.set(id, connection)
      return connection
    },

    /** Whether the user's rooms must be read. */
    belongTo(connection: FeedConnection, num: number): FeedUser | null {
      const known = users.get(num)
      const user = known ?? { num, connections: new Set(), rooms: new Set(), begun: new Set(), loading: new Map() }
      users.set(num, user)
      user.connections.add(connection)
      connection.user = user
      if (!user.loading) dirty.add(connection)
      return known ? null : user
    },

    /** The user's rooms were read; memberships that ended since then are left out. */
    loaded(user: FeedUser, rows: readonly { num: number; id: string; last_seq: number }[]): void {
      const ended = user.loading
      user.loading = null
      for (const row of rows) if ((ended?.get(row.num) ?? 0) <= row.last_seq) enter(user, row, row.last_seq)
      // A guest was told before that there are no rooms, and is stored now.
      if ([...user.connections].some(({ isNew }) => !isNew)) for (const { num } of rows) look(user, num)
      markUser(user)
    },

    close(id: string): void {
      const connection = connections.get(id)
      if (!connection) return
      connections.delete(id)
      unstored.delete(connection)
      dirty.delete(connection)
      const { user } = connection
      user?.connections.delete(connection)
      if (!user || user.connections.size > 0) return
      for (const entry of [...user.rooms]) leave(entry, user)
      users.delete(user.num)
      looking.delete(user)
    },

    hear(line: RoomActivity): void {
      const { room, begun, ended, from, last_seq, news, own, read } = line
      if (own) return lookAtOwn(room.num, own)
      if (read) return forgetUnread(room.num, read)
      for (const num of begun) {
        const user = users.get(num)
        // Unless the membership was read after that.
        if (user && (rooms.get(room.num)?.users.get(user) ?? 0) < last_seq) look(user, room.num)
      }
      for (const [num] of ended) users.get(num)?.loading?.set(room.num, last_seq)
      const entry = rooms.get(room.num)
      if (!entry) return
      if (from !== entry.last_seq + 1) unsure.add(entry)
      countOn(entry, line)
      entry.last_seq = Math.max(entry.last_seq, last_seq)
      endMemberships(entry, line)
      if (!news) return
      entry.news = last_seq >= entry.newsSeq ? { ...entry.news, ...news } : { ...news, ...entry.news }
      entry.newsSeq = Math.max(entry.newsSeq, last_seq)
      entry.text = null
      for (const user of entry.users.keys())
        for (const connection of user.connections) {
          connection.changed ??= new Set()
          connection.changed.add(entry)
          dirty.add(connection)
        }
    },

    /** What is unread for the user is being counted up to the last line; another line, or a mark, makes it void. */
    askFor: ({ unread }: Entry, user: FeedUser) => void unread.set(user, null),
    counted({ unread }: Entry, user: FeedUser, found: Unread): void {
      if (unread.get(user) === null) unread.set(user, found)
    },

    /** Of all users in all rooms: what the memory of the index grows with (rule UF10). */
    memberships: () => memberships,

    hasNews: () => dirty.size > 0 || looking.size > 0 || unsure.size > 0,

    /** Forgets the news that every connection was told. */
    settle(told: Iterable<Entry>): void {
      const waiting = new Set([...dirty].flatMap(({ changed }) => [...(changed ?? [])]))
      for (const entry of told) if (!waiting.has(entry)) Object.assign(entry, { news: {}, text: null })
    },
  }
}

const newEntry = (num: number, id: string, last_seq: number): Entry => ({
  ...{ num, id, users: new Map(), unread: new Map(), last_seq, news: {}, newsSeq: 0, text: null },
})
