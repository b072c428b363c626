import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/error.ts'
import type { AnyDatabase } from '../platform/db/open-database.ts'
import type { RoomMetrics } from './commit-intake.ts'
import { createPostgresCommits } from './commit-postgres.ts'
import { createSqliteCommits } from './commit-sqlite.ts'
import { type RoomLimits, roomLimits } from './limits.ts'
import { createRecovery } from './recovery.ts'
import { prune } from './retention.ts'
import { createReads, type Read, runRead, runReadAsync } from './sql/reads.ts'
import type { HistoryQuery, Member, Projector, RoomBatch, RoomEngine } from './types.ts'

export type RoomEngineDeps = {
  /** With `roomMigrations` and the features' migrations applied. */
  db: AnyDatabase
  clock: Clock
  /** In the order of their features; each writes its own tables only. */
  projectors: readonly Projector[]
  history: HistoryQuery
  /** Called once a room and batch, after the batch is durable and its calls are answered; must not throw. */
  onCommit: (batch: RoomBatch) => void
  limits?: Partial<RoomLimits>
  metrics?: RoomMetrics
}

/** `one` runs a read of one statement, `snapshot` one of several; both resolve when all that they saw is durable (rule C1). */
type RunRead = <T>(read: Read<T>) => Promise<T>

function createRunners(db: AnyDatabase): { one: RunRead; snapshot: RunRead } {
  if (db.dialect === 'postgres') {
    return {
      one: (read) => runReadAsync(read, db.ask),
      snapshot: (read) => db.transaction('snapshot', (ask) => runReadAsync(read, ask)),
    }
  }
  const run: RunRead = async (read) => {
    const found = db.read((ask) => runRead(read, ask))
    await db.durable()
    return found
  }
  return { one: run, snapshot: run }
}

export function createRoomEngine(deps: RoomEngineDeps): RoomEngine {
  const { db } = deps
  const limits = { ...roomLimits, ...deps.limits }
  const reads = createReads(db.dialect)
  const recovery = createRecovery(db.dialect, reads, deps.history, limits)
  const commitDeps = { ...deps, limits, metrics: deps.metrics ?? null }
  const commits = db.dialect === 'sqlite' ? createSqliteCommits(db, commitDeps) : createPostgresCommits(db, commitDeps)
  const { one, snapshot } = createRunners(db)

  return {
    ...commits,
    find: (room_id) => one(reads.roomById(room_id)),
    member: (room, user) => one(reads.member(room, user)),
    members: (room, page) => one(membersPage(room, page)),
    roomsOf: (user, limit) => one(reads.roomsOf(user, limit)),
    answered: (room, user, client_id) => one(reads.answered(room, user, client_id)),
    catchUp: (room, user, cursor) => snapshot(recovery.catchUp(room, user, cursor)),
    statePage: (room, cursor) => snapshot(recovery.statePage(room, cursor)),
    readLog: (room, after, limit) => snapshot(recovery.readLog(room, after, limit)),
    tails: (rooms) => one(reads.tails(rooms)),
    prune: () => prune(db, limits, deps.clock.now()),
  }

  function* membersPage(room: number, { after, limit }: { after: string | null; limit: number }) {
    const items = yield* reads.members(room, memberPlace(after), limit + 1)
    const last = items.length > limit ? items[limit - 1] : undefined
    return { items: items.slice(0, limit), next_cursor: last === undefined ? null : memberCursor(last) }
  }
}

const memberCursor = ({ joined_at, user }: Member): string => `${joined_at}.${user}`

function memberPlace(cursor: string | null): { joined_at: number; user: number } {
  if (cursor === null) return { joined_at: -1, user: -1 }
  const [, joined_at, user] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? []
  if (joined_at !== undefined && user !== undefined) return { joined_at: Number(joined_at), user: Number(user) }
  throw new AppError('validation_error', { details: { errors: { cursor: 'This is not a cursor of this list' } } })
}
