import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import type { EventType, RecordType } from '../../core/contract.ts'
import type { DatabaseWatch, Migration } from '../../platform/db/database.ts'
import { type AnyDatabase, openDatabase } from '../../platform/db/open-database.ts'
import type { CheckpointLimits } from '../../platform/db/sqlite/checkpoint.ts'
import { defineJob, jobMigrations, type JobsOfCommits } from '../../platform/jobs/jobs.ts'
import { createRoomEngine } from '../engine.ts'
import type { EngineLimits } from '../limits.ts'
import { roomMigrations } from '../sql/tables.ts'
import type {
  CommitCall,
  Committed,
  HistoryQuery,
  Op,
  Projector,
  RoomBatch,
  RoomEngine,
  RoomRow,
  RowsStatement,
} from '../types.ts'

const eventType = (name: string, more: Partial<EventType> = {}): EventType => ({
  name,
  v: 1,
  summary: 'An event of the tests.',
  body: z.looseObject({}),
  payload: z.looseObject({}),
  wire: () => name,
  wires: [name],
  audience: 'room',
  retention_ms: null,
  history: true,
  encode: (event) => event.body,
  ...more,
})

export const said = eventType('test.said')
/** Replaces a deleted event: its body names the `erased` seq. */
export const erased = eventType('test.erased', { history: false })
/** An edit of the event at `message_seq`: its body has the whole new content. */
export const rephrased = eventType('test.rephrased', {
  history: false,
  item: { wire: () => 'test.said', encode: ({ body }, _, position) => `{"position":${position},${body.slice(1)}` },
})
/** Its body is kept for an hour. */
export const noticed = eventType('test.noticed', { history: false, retention_ms: 3_600_000 })
export const state: RecordType = {
  name: 'test.state',
  v: 1,
  summary: 'A record of the tests.',
  value: z.looseObject({}),
  mayFill: 'all',
  audience: 'room',
}

/** Such as members cause, one for each of them. */
export const opinion: RecordType = { ...state, name: 'test.opinion', mayFill: 'half' }

/** The same records at their second version, in which `s` is called `size`. */
export const sized: RecordType = {
  ...state,
  v: 2,
  value: z.object({ size: z.number() }),
  upcast: ({ s, ...value }) => ({ size: s, ...value }),
}

export const migrations: readonly Migration[] = [
  ...roomMigrations,
  ...jobMigrations,
  {
    id: '9000-test-messages',
    sqlite: `
      CREATE TABLE said (room INTEGER NOT NULL, seq INTEGER NOT NULL, word TEXT NOT NULL, content_seq INTEGER) STRICT;
      CREATE TABLE last_said (room INTEGER PRIMARY KEY, word TEXT) STRICT;
    `,
    postgres: `
      CREATE TABLE said (room BIGINT NOT NULL, seq BIGINT NOT NULL, word TEXT NOT NULL, content_seq BIGINT);
      CREATE TABLE last_said (room BIGINT PRIMARY KEY, word TEXT);
    `,
  },
]

/** Stores each `word` and the event that holds it now; `word: 'throws'` makes it throw, and null makes its SQL fail. */
const projectWords: Projector = (applied) => {
  const rows = applied.flatMap((each) => {
    if (each.kind !== 'event' || each.event.type !== said.name || each.body['word'] === undefined) return []
    const { word } = each.body
    if (word === 'throws') throw new Error('The projector threw')
    return [[each.event.room, each.event.seq, typeof word === 'string' ? word : null]]
  })
  const statement: RowsStatement = {
    ...{ key: 2, again: 'refuse' },
    sqlite: 'INSERT INTO said (room, seq, word) VALUES (?, ?, ?)',
    postgres: 'INSERT INTO said (room, seq, word) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])',
  }
  const places = applied.flatMap((each) =>
    each.kind !== 'redacted' || each.content_seq === null ? [] : [[each.room.num, each.seq, each.content_seq]],
  )
  const moves: RowsStatement = {
    ...{ key: 2, again: 'last' },
    sqlite: 'UPDATE said SET content_seq = ?3 WHERE room = ?1 AND seq = ?2',
    postgres: `UPDATE said AS s SET content_seq = n.content FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
      AS n (room, seq, content) WHERE s.room = n.room AND s.seq = n.seq`,
  }
  const last: RowsStatement = {
    ...{ key: 1, again: 'last' },
    sqlite: 'INSERT INTO last_said (room, word) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET word = excluded.word',
    postgres: `INSERT INTO last_said (room, word) SELECT * FROM unnest($1::bigint[], $2::text[])
      ON CONFLICT (room) DO UPDATE SET word = excluded.word`,
  }
  return [
    { statement, rows },
    { statement: moves, rows: places },
    { statement: last, rows: rows.map(([room = null, , word = null]) => [room, word]) },
  ]
}

const history: HistoryQuery = {
  page(room, { before, after, limit }) {
    const select = (mark: (n: number) => string) =>
      `SELECT s.seq AS position, e.room, e.seq, e.type, e.v, e.actor, e.client_id, e.body, e.at
       FROM said AS s JOIN events AS e ON e.room = s.room AND e.seq = coalesce(s.content_seq, s.seq)
       WHERE s.room = ${mark(1)} AND s.seq < ${mark(2)} AND s.seq > ${mark(3)} AND e.body <> ''
       ORDER BY s.seq ${after === null ? 'DESC' : 'ASC'} LIMIT ${mark(4)}`
    const params = [room, before ?? Number.MAX_SAFE_INTEGER, after ?? 0, limit + 1]
    return { sqlite: select(() => '?'), postgres: select((n) => `$${n}`), params }
  },
}

/** A wall clock that tests advance; `monotonic` is the real one. */
export type TestClock = Clock & { advance(ms: number): void }
export function createTestClock(start = 1_800_000_000_000): TestClock {
  let now = start
  return {
    now: () => now,
    monotonic: () => performance.now(),
    advance(ms) {
      now += ms
    },
  }
}

const fail = (error: Error) => {
  throw error
}
export const openSqliteAt = (
  file: string,
  onFailure: (error: Error) => void = fail,
  checkpoints?: CheckpointLimits,
  watch: DatabaseWatch = {},
): Promise<AnyDatabase> =>
  openDatabase({ target: { kind: 'sqlite', file }, migrations, onFailure, watch, ...(checkpoints && { checkpoints }) })

export const openPostgresAt = (url: string): Promise<AnyDatabase> =>
  openDatabase({ target: { kind: 'postgres', url }, migrations, onFailure: () => undefined })

/** An engine on a database of its own, with the batches that it published. */
export type World = {
  db: AnyDatabase
  engine: RoomEngine
  clock: TestClock
  batches: RoomBatch[]
  close(): Promise<void>
}

export type WorldOptions = {
  limits?: Partial<EngineLimits>
  clock?: TestClock
  onCommit?: (batch: RoomBatch) => void
  jobs?: JobsOfCommits
}

export function createWorld(db: AnyDatabase, options: WorldOptions = {}): World {
  const clock = options.clock ?? createTestClock()
  const batches: RoomBatch[] = []
  const engine = createRoomEngine({
    jobs: options.jobs ?? { committed() {} },
    db,
    clock,
    history,
    isModerator: (role) => role === 'host' || role === 'cohost',
    projectors: [projectWords],
    limits: options.limits ?? {},
    onCommit(batch) {
      batches.push(batch)
      options.onCommit?.(batch)
    },
  })
  return {
    db,
    engine,
    clock,
    batches,
    async close() {
      await engine.drain()
      await db.close()
    },
  }
}

export function call(room_id: string, ops: readonly Op[], more: Partial<CommitCall> = {}): CommitCall {
  return { room_id, actor: 1, action: 'test.act', client_id: null, members_only: false, ops, ...more }
}

export const say = (word: string | null, more: Record<string, unknown> = {}): Op => ({
  op: 'append',
  type: said,
  body: () => ({ word, ...more }),
})

/** A new room of kind `chat` in which user 1 is the host. */
export async function createRoom(engine: RoomEngine, id: string = crypto.randomUUID()): Promise<RoomRow> {
  const ops: Op[] = [
    { op: 'create', kind: 'chat', profile: {} },
    { op: 'admit', user: 1, role: 'host', capacity: null },
  ]
  return (await engine.commit(call(id, ops))).room
}

/** Sets and (with undefined) unsets properties of a record. */
export const patch = (key: string, properties: Record<string, unknown>): Op => ({
  op: 'change',
  type: state,
  key,
  next: (current) => ({ ...current, ...properties }),
})
/** Refuses the call that it is in. */
export const refuse: Op = { op: 'require', check: () => 'forbidden' }
export const mail = defineJob({
  name: 'test.mail',
  summary: 'A job of the tests.',
  payload: z.object({ to: z.string() }),
})
export const remove = (key: string): Op => ({ op: 'remove', type: state, key })
/** Edits the item at `position`, whose latest form is the event `seq`. */
export const rephrase = (seq: number, position: number, word: string): Op => ({
  ...{ op: 'redact', seq, position, as: rephrased, edits: true },
  body: () => ({ word, message_seq: position }),
})
export const erase = (seq: number, position = seq): Op => ({
  op: 'redact',
  seq,
  position,
  as: erased,
  body: () => ({ erased: position }),
})

export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )

export const seqsOf = ({ events, records }: Pick<Committed, 'events' | 'records'>): number[] =>
  [...events, ...records].map(({ seq }) => seq).toSorted((a, b) => a - b)
