import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Profile } from '../../core/caller.ts'
import { type Clock, systemClock, systemTimers, type Timers } from '../../core/clock.ts'
import type { AnyEventType, Audience, EventType, RecordType, SlotType } from '../../core/contract.ts'
import { createMemoryBus } from '../../platform/bus/memory.ts'
import { migrate } from '../../platform/db/migrate.ts'
import type { AnyDatabase } from '../../platform/db/open-database.ts'
import { openSqlite } from '../../platform/db/sqlite/sqlite.ts'
import { lateCheckpoints } from '../../platform/db/testing/late-checkpoints.ts'
import { doorMetrics } from '../../transport/metrics.ts'
import { roomMetrics } from '../metrics.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import { roomEvents } from '../contract.ts'
import { createEncoder } from '../encode.ts'
import { createRoomEngine } from '../engine.ts'
import { createLive, type Live, type LiveDeps } from '../live/live.ts'
import { roomMigrations } from '../sql/tables.ts'
import type { Committed, HistoryQuery, Op, People, RoomBatch, RoomBus, RoomMessages, RoomRow } from '../types.ts'

/** A message as the tests write it, and one that only moderators hear. */
export const said: EventType = {
  name: 'test.said',
  v: 1,
  summary: 'Someone said something.',
  body: z.object({ content: z.string() }),
  payload: z.looseObject({}),
  wire: (kind) => (kind === 'lobby' ? 'message' : 'new_message'),
  wires: ['message', 'new_message'],
  audience: 'room',
  retention_ms: null,
  history: true,
  encode: (event, { room, actor }) =>
    `{"room_id":"${room.id}","seq":${event.seq},"sender":${actor},${event.body.slice(1)}`,
}
export const whispered: EventType = { ...said, name: 'test.whispered', wire: () => 'whisper', audience: 'moderators' }
/** An event and a record for whom its `audience` says, which the record has in its key. */
export const addressed: EventType = {
  ...said,
  name: 'test.addressed',
  body: z.object({ content: z.string(), audience: z.string() }),
  wire: () => 'addressed',
  wires: ['addressed'],
  audience: ({ body }) => audienceIn(JSON.parse(body).audience),
}
export const kept: RecordType = {
  name: 'kept',
  v: 1,
  summary: 'A record of the tests.',
  value: z.looseObject({}),
  mayFill: 'all',
  audience: ({ key }) => audienceIn(key.split(' ')[0] ?? ''),
}
function audienceIn(text: string): Audience {
  if (text === 'room' || text === 'moderators') return text
  const [kind, of] = text.split(':')
  return kind === 'user' ? `user:${of}` : `lang:${of}`
}

export const note: RecordType = {
  name: 'note',
  v: 1,
  summary: 'A note.',
  value: z.looseObject({}),
  mayFill: 'all',
  audience: 'room',
}

/** Slots of several features: an app's, one that is told by an event of its own and lapses, and those of two more. */
const slot = { summary: 'Of the tests.', value: z.unknown(), size: 100, perSecond: 60, audience: 'room' } as const
export const testSlots: readonly SlotType[] = [
  { ...slot, name: 'app' },
  {
    ...slot,
    name: 'typing',
    lapses_ms: 6000,
    says: { event: 'typing', payload: ({ isSet, ...who }) => ({ ...who, typing: isSet }) },
  },
  { ...slot, name: 'pointer' },
  { ...slot, name: 'hand', audience: 'moderators' },
]

const history: HistoryQuery = {
  page(room, { before, after, limit }) {
    const newest = after === null
    const sql = `SELECT seq AS position, room, seq, type, v, actor, client_id, body, at FROM events WHERE room = ? AND seq ${newest ? '<' : '>'} ?
      AND type IN ('test.said', 'test.addressed') ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT ?`
    let mark = 0
    const postgres = sql.replaceAll('?', () => `$${++mark}`)
    return { sqlite: sql, postgres, params: [room, after ?? before ?? Number.MAX_SAFE_INTEGER, limit + 1] }
  },
}

const isModerator = (role: string): boolean => role === 'host'

export const profileOf = (num: number): Profile => ({
  id: `u${num}`,
  name: `User ${num}`,
  avatar_url: null,
  guest: false,
})

/** Profiles that must be loaded once before they are at hand, as after a start. */
export function createTestPeople(): People & { forget(): void; fail: boolean } {
  const known = new Map<number, string>()
  const people = {
    fail: false,
    forget: () => known.clear(),
    cached: (num: number) => known.get(num),
    async load(nums: readonly number[]) {
      await new Promise((resolve) => setImmediate(resolve))
      if (people.fail) throw new Error('the profiles are away')
      for (const num of nums) known.set(num, JSON.stringify(profileOf(num)))
      return known
    },
  }
  return people
}

/** The batches of the room that this bus brings from now on. */
export function batchesOf(bus: RoomBus, room: number): RoomBatch[] {
  const batches: RoomBatch[] = []
  bus.room.subscribe(room, (message) => {
    if ('entries' in message) batches.push(message)
  })
  return batches
}

/** The real engine on a database of its own, with as many live nodes over it as a test asks for. */
export async function createLiveHarness(
  given: {
    clock?: Clock
    timers?: Timers
    limits?: LiveDeps['limits']
    bus?: RoomBus
    /** With the engine's tables; absent: SQLite of its own. */
    db?: AnyDatabase
    /** Besides those of the room itself and of the tests. */
    events?: readonly AnyEventType[]
    records?: readonly RecordType[]
  } = {},
) {
  const { clock = systemClock, timers = systemTimers } = given
  const folder = mkdtempSync(join(tmpdir(), 'parlor-live-'))
  const sqlite = openSqlite({
    file: join(folder, 'parlor.db'),
    checkpoints: lateCheckpoints,
    onFailure: (error) => {
      throw error
    },
  })
  await migrate(sqlite, roomMigrations)
  const db = given.db ?? sqlite
  const bus = given.bus ?? createMemoryBus<RoomMessages>()
  const engine = createRoomEngine({
    jobs: { committed() {} },
    db,
    clock,
    projectors: [],
    history,
    isModerator,
    onCommit: (batch) => bus.room.publish(batch.room.num, batch),
  })
  const people = createTestPeople()
  const failures: unknown[] = []
  const metrics = createMetrics([...Object.values(roomMetrics), ...Object.values(doorMetrics)])
  const nodes: Live[] = []

  const events = [...roomEvents, said, whispered, ...(given.events ?? [])]
  const records = [note, ...(given.records ?? [])]
  const encoder = createEncoder({ events, records, people, clock, sign: (text) => `signed ${text}` })

  async function commit(
    room_id: string,
    actor: number,
    ops: Op[],
    client_id: string | null = null,
  ): Promise<Committed> {
    return engine.commit({ room_id, actor, action: 'test', client_id, members_only: false, ops })
  }

  return {
    engine,
    bus,
    people,
    encoder,
    metrics,
    failures,
    clock,
    timers,
    commit,
    /** One more node over the same database and, unless another is given, the same bus. */
    node(
      own: Partial<
        Pick<LiveDeps, 'bus' | 'limits' | 'onPresence' | 'onAttached' | 'onDetached' | 'onViewChanged'>
      > = {},
    ): Live {
      const live = createLive({
        engine,
        bus: own.bus ?? bus,
        encoder,
        clock,
        timers,
        metrics,
        slots: testSlots,
        isModerator,
        onFailure: (error) => void failures.push(error),
        ...(own.onPresence && { onPresence: own.onPresence }),
        ...(own.onAttached && { onAttached: own.onAttached }),
        ...(own.onDetached && { onDetached: own.onDetached }),
        ...(own.onViewChanged && { onViewChanged: own.onViewChanged }),
        ...(own.limits || given.limits ? { limits: own.limits ?? given.limits ?? {} } : {}),
      })
      nodes.push(live)
      return live
    },
    async createRoom(id: string, kind = 'chat', host = 1): Promise<RoomRow> {
      const { room } = await commit(id, host, [
        { op: 'create', kind, profile: {} },
        { op: 'admit', user: host, role: 'host', capacity: null },
      ])
      return room
    },
    say: (room_id: string, actor: number, content: string) =>
      commit(room_id, actor, [{ op: 'append', type: said, body: () => ({ content }) }]),
    /** As a restore from a backup does it. */
    renewEpoch(room_id: string): void {
      sqlite.prepare('UPDATE rooms SET epoch = ? WHERE id = ?').run('renewed', room_id)
    },
    async [Symbol.asyncDispose]() {
      for (const live of nodes) await live.stop()
      await engine.drain()
      await db.close()
      if (db !== sqlite) await sqlite.close()
      metrics.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
