import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/error.ts'
import type { ReadPermit } from '../core/fairness/read-queue.ts'
import type { JobsOfCommits } from '../platform/jobs/jobs.ts'
import type { AnyDatabase } from '../platform/db/open-database.ts'
import type { PostgresDatabase } from '../platform/db/postgres/postgres.ts'
import type { SqliteDatabase } from '../platform/db/sqlite/sqlite.ts'
import type { CommitDeps, RoomMetrics } from './log/pending-calls.ts'
import { createPostgresCommits } from './log/commit-postgres.ts'
import { createSqliteCommits } from './log/commit-sqlite.ts'
import { type EngineLimits, engineLimits } from './limits.ts'
import { fitting } from './log/bound.ts'
import { createRecovery, sizeOfRecord } from './log/recovery.ts'
import { prune as pruneRooms } from './log/retention.ts'
import { createReads, type Read, type Reads, runRead, runReadAsync } from './sql/reads.ts'
import type { HistoryQuery, Member, Projector, RecordsPage, RecordsPlace, RoomBatch, RoomEngine } from './types.ts'

export type RoomEngineDeps = {
  /** With `roomMigrations` and the features' migrations applied. */
  db: AnyDatabase
  clock: Clock
  /** In the order of their features; each writes its own tables only. */
  projectors: readonly Projector[]
  history: HistoryQuery
  /** Whether a member with this role belongs to the audience `moderators`. */
  isModerator: (role: string) => boolean
  /** Called once for each room and batch, after the batch is durable and its calls are answered; must not throw. */
  onCommit: (batch: RoomBatch) => void
  /** Told which jobs commits have stored and settled. */
  jobs: JobsOfCommits
  limits?: Partial<EngineLimits>
  metrics?: RoomMetrics
}

/** What differs between the dialects: how calls are committed and reads are run. */
type Storage = Pick<RoomEngine, 'commit' | 'drain' | 'find' | 'answered' | 'prune'> & {
  /** Runs a read of one statement; resolves when everything that it saw is durable (rule C1). */
  one<T>(read: Read<T>): Promise<T>
  /** The same for several statements, in one snapshot. */
  snapshot<T>(read: Read<T>): Promise<T>
}

function sqliteStorage(db: SqliteDatabase, reads: Reads, deps: CommitDeps): Storage {
  const { durable, forget, ...commits } = createSqliteCommits(db, deps)
  const now = <T>(read: Read<T>): T => db.read((ask) => runRead(read, ask))
  const run = async <T>(read: Read<T>): Promise<T> => {
    const found = now(read)
    await db.durable()
    return found
  }
  return {
    ...commits,
    one: run,
    snapshot: run,
    async find(room_id) {
      const known = durable.get(room_id)
      if (known !== undefined) return known
      const row = now(reads.roomById(room_id))
      if (row !== null) durable.remember(row)
      return row
    },
    async answered(room, user, client_id) {
      const found = now(reads.answered(room, user, client_id))
      // No event is ever deleted: one that is not found now is not on the disk either.
      if (found !== null) await db.durable()
      return found
    },
    // Once more at the end: commits that waited for the disk meanwhile have cached rows from before.
    prune: () => pruneRooms(db, deps.limits, deps.clock.now(), forget).finally(forget),
  }
}

function postgresStorage(db: PostgresDatabase, reads: Reads, deps: CommitDeps): Storage {
  const one = <T>(read: Read<T>): Promise<T> => runReadAsync(read, db.ask)
  return {
    ...createPostgresCommits(db, deps),
    one,
    snapshot: (read) => db.transaction('snapshot', (ask) => runReadAsync(read, ask)),
    find: (room_id) => one(reads.roomById(room_id)),
    answered: (room, user, client_id) => one(reads.answered(room, user, client_id)),
    prune: () => pruneRooms(db, deps.limits, deps.clock.now()),
  }
}

export function createRoomEngine(deps: RoomEngineDeps): RoomEngine {
  const { db } = deps
  const limits = { ...engineLimits, ...deps.limits }
  const reads = createReads(db.dialect)
  const recovery = createRecovery(db.dialect, reads, deps.history, limits)
  const commitDeps = { ...deps, limits, metrics: deps.metrics ?? null }
  const storage =
    db.dialect === 'sqlite' ? sqliteStorage(db, reads, commitDeps) : postgresStorage(db, reads, commitDeps)
  const { commit, drain, find, answered, prune, one, snapshot } = storage

  /** For large reads: they yield to the event loop before reading and before using the result (core rule T1). */
  async function paced<T>(permit: ReadPermit, read: () => Promise<T>): Promise<T> {
    await permit.pace('read')
    const found = await read()
    await permit.pace('result')
    return found
  }

  return {
    commit,
    drain,
    find,
    answered,
    member: (room, user) => one(reads.member(room, user)),
    members: (permit, room, page) => paced(permit, () => one(membersPage(room, page))),
    membersAmong: (room, users) => one(reads.membersAmong(room, users)),
    commonRooms: (permit, a, b, limit) => paced(permit, () => one(reads.commonRooms(a, b, limit))),
    roomsOf: (user, limit) => one(reads.roomsOf(user, limit)),
    record: (room, type, key) => one(reads.record(room, { type, key })),
    records: (permit, room, type, page) => paced(permit, () => one(recordsPage(room, type, page))),
    catchUp: (permit, room, user, cursor) => paced(permit, () => snapshot(recovery.catchUp(room, user, cursor))),
    statePage: (permit, room, cursor) => paced(permit, () => snapshot(recovery.statePage(room, cursor))),
    history: (permit, room, place, bound) => paced(permit, () => one(recovery.readHistory(room, place, bound))),
    historyItem: (room, position) => one(recovery.readItem(room, position)),
    readLog: (room, after, limit) => snapshot(recovery.readLog(room, after, limit)),
    tails: (rooms) => one(reads.tails(rooms)),
    prune,
  }

  function* membersPage(room: number, { after, limit }: { after: string | null; limit: number }) {
    const items = yield* reads.members(room, memberPlace(after), limit + 1)
    const last = items.length > limit ? items[limit - 1] : undefined
    return { items: items.slice(0, limit), next_cursor: last === undefined ? null : memberCursor(last) }
  }

  function* recordsPage(room: number, type: string, { after, ...bound }: RecordsPlace): Read<RecordsPage> {
    const { items, isWhole } = fitting(
      yield* reads.recordsOf(room, { type, key: after ?? '' }, bound),
      bound,
      sizeOfRecord,
    )
    return { items, next: isWhole ? null : (items.at(-1)?.key ?? null) }
  }
}

const memberCursor = ({ joined_at, user }: Member): string => `${joined_at}.${user}`

function memberPlace(cursor: string | null): { joined_at: number; user: number } {
  if (cursor === null) return { joined_at: -1, user: -1 }
  const [, joined_at, user] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? []
  if (joined_at !== undefined && user !== undefined) return { joined_at: Number(joined_at), user: Number(user) }
  throw new AppError('validation_error', {
    details: { errors: { cursor: 'This cursor does not belong to this list' } },
  })
}
