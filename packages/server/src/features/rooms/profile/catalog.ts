import { createCache } from '../../../core/collections/cache.ts'
import type { Caller } from '../../../core/caller.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import type { QueuedCall } from '../../../core/order/room-queue.ts'
import { StaleCommit } from '../../../room/errors.ts'
import type { CommitCall, Committed, RoomEngine, RoomRow } from '../../../room/types.ts'
import type { KnownRoom } from '../state.ts'

/** Rooms in the cache. */
const cacheSize = 20_000
/** How often a commit is retried because the room's profile changed, before it fails with `room_busy`. */
const commitTries = 10

/** A commit planned from a room's profile; the condition that the profile is unchanged and the room's id are added to it. */
export type PlannedCommit = Omit<CommitCall, 'room_id'>

type Plan = (room: KnownRoom) => PlannedCommit | Promise<PlannedCommit>

/** The cache of rooms, by id (rule RM4). */
export type Catalog = {
  /**
   * Synchronous for a room in the cache; null when there is none. Its num, id and kind never change; its profile may be
   * outdated: decisions by the profile belong in `commit`, and answers show what `current` returns.
   */
  find(room_id: string): KnownRoom | null | Promise<KnownRoom | null>
  /** The same; throws or rejects with `not_found`. */
  known(room_id: string): KnownRoom | Promise<KnownRoom>
  /** The room with a profile at least as new as this row. */
  at(row: RoomRow): Promise<KnownRoom>
  /** The room as the database has it now. Rejects with `not_found`. */
  current(room_id: string): Promise<{ room: KnownRoom; row: RoomRow }>
  /**
   * Commits what `plan` returns for the room, on the condition that the profile is still the one that `plan` was given;
   * otherwise the room is read again and `plan` called again. `queued`: the call whose last commit this is, so that it keeps
   * its place among the calls of its connection; null for work that no connection asked for.
   */
  commit(room_id: string, queued: QueuedCall | null, plan: Plan): Promise<Committed>
  /** A rule for actions: the room is there. */
  exists(caller: Caller, input: { room_id: string }): true | Failure | Promise<true | Failure>
}

export type CatalogDeps = {
  engine: Pick<RoomEngine, 'commit' | 'find'>
  read: (room_id: string) => Promise<KnownRoom | null>
  /** Whether nobody may find the room, although it is stored: the lobby of a server without one. */
  isHidden: (room_id: string) => boolean
}

export function createCatalog({ engine, read, isHidden }: CatalogDeps): Catalog {
  const cache = createCache<string, KnownRoom>(cacheSize)

  async function load(room_id: string): Promise<KnownRoom | null> {
    const room = await read(room_id)
    const known = cache.get(room_id)
    // A later read may have finished earlier.
    if (room && known && known.profile_seq > room.profile_seq) return known
    if (room) cache.set(room_id, room)
    return room
  }

  const find: Catalog['find'] = (room_id) => (isHidden(room_id) ? null : (cache.get(room_id) ?? load(room_id)))

  function known(room_id: string): KnownRoom | Promise<KnownRoom> {
    const found = find(room_id)
    return found instanceof Promise ? found.then(there) : there(found)
  }

  async function at({ id, profile_seq }: RoomRow): Promise<KnownRoom> {
    const room = await known(id)
    return room.profile_seq < profile_seq ? ((await load(id)) ?? room) : room
  }

  /** The cached room when it is as new as its row, so that a read of it need not await it. */
  function cachedAt({ id, profile_seq }: RoomRow): KnownRoom | null {
    const room = cache.get(id)
    return room && room.profile_seq >= profile_seq ? room : null
  }

  async function commit(room_id: string, queued: QueuedCall | null, plan: Plan): Promise<Committed> {
    for (let tries = 0; tries < commitTries; tries += 1) {
      // Every message takes this path, so a cached room is used without an await.
      const found = known(room_id)
      const room = found instanceof Promise ? await found : found
      const made = plan(room)
      const planned = made instanceof Promise ? await made : made
      const unrevised = { op: 'unrevised', profile_seq: room.profile_seq } as const
      try {
        return await engine.commit({ ...planned, room_id: room.id, queued, ops: [unrevised, ...planned.ops] })
      } catch (error) {
        if (!(error instanceof StaleCommit)) throw error
      }
      await load(room_id)
    }
    throw new AppError('room_busy')
  }

  return {
    find,
    known,
    at,
    async current(room_id) {
      const row = isHidden(room_id) ? null : await engine.find(room_id)
      if (!row) throw new AppError('not_found')
      return { room: cachedAt(row) ?? (await at(row)), row }
    },
    commit,
    exists(_caller, { room_id }) {
      const found = find(room_id)
      return found instanceof Promise ? found.then(isThere) : isThere(found)
    },
  }
}

const isThere = (room: KnownRoom | null): true | 'not_found' => (room ? true : 'not_found')

function there(room: KnownRoom | null): KnownRoom {
  if (!room) throw new AppError('not_found')
  return room
}
