import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/error.ts'
import type { SqliteDatabase } from '../platform/db/sqlite.ts'
import type { RoomMetrics } from './commit-intake.ts'
import { createSqliteCommits } from './commit-sqlite.ts'
import { type RoomLimits, roomLimits } from './limits.ts'
import { createRecovery } from './recovery.ts'
import { createReads, type Read, runRead } from './sql/reads.ts'
import type { HistoryQuery, Member, Projector, RoomBatch, RoomEngine } from './types.ts'

export type RoomEngineDeps = {
  /** With `roomMigrations` and the features' migrations applied. */
  db: SqliteDatabase
  clock: Clock
  /** In the order of their features; each writes its own tables only. */
  projectors: readonly Projector[]
  history: HistoryQuery
  /** Called once a room and batch, after the batch is durable and its calls are answered; must not throw. */
  onCommit: (batch: RoomBatch) => void
  limits?: Partial<RoomLimits>
  metrics?: RoomMetrics
}

/** Runs a read in one snapshot; resolves when all that it saw is durable (rule C1). */
type RunRead = <T>(read: Read<T>) => Promise<T>

export function createRoomEngine(deps: RoomEngineDeps): RoomEngine {
  const { db } = deps
  const limits = { ...roomLimits, ...deps.limits }
  const reads = createReads(db.dialect)
  const recovery = createRecovery(db.dialect, reads, deps.history, limits)
  const commits = createSqliteCommits(db, { ...deps, limits, metrics: deps.metrics ?? null })
  const run: RunRead = async (read) => {
    const found = db.read((ask) => runRead(read, ask))
    await db.durable()
    return found
  }

  return {
    ...commits,
    find: (room_id) => run(reads.roomById(room_id)),
    member: (room, user) => run(reads.member(room, user)),
    members: (room, page) => run(membersPage(room, page)),
    roomsOf: (user, limit) => run(reads.roomsOf(user, limit)),
    answered: (room, user, client_id) => run(reads.answered(room, user, client_id)),
    catchUp: (room, user, cursor) => run(recovery.catchUp(room, user, cursor)),
    statePage: (room, cursor) => run(recovery.statePage(room, cursor)),
    readLog: (room, after, limit) => run(recovery.readLog(room, after, limit)),
    tails: (rooms) => run(reads.tails(rooms)),
    prune: async () => 0,
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
