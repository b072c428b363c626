import { sql } from 'kysely'
import type { RecordType } from '../../core/contract.ts'
import { currentObject, type TellUnreadable } from '../../core/stored.ts'
import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import type { JsonObject } from '../types.ts'
import { RECORD_VERSION } from './rows.ts'
import type { RoomTables } from './tables.ts'

type RecordRow = Row & { key: string; value: string; v: number }

/** Single records of a room's shared state, for features, with their values in the current version of their type. */
export function createRecordReads(db: Database, tell: TellUnreadable) {
  const there = createQueries<RoomTables>(db.dialect).selectFrom('records').where('records.value', 'is not', null)
  const records = there.select(['key', 'value']).select(sql<number>`${sql.raw(RECORD_VERSION)}`.as('v'))

  /** The value of a record that cannot be read is empty: the record still counts (rule UN2). */
  function valueOf(room: number, type: RecordType, { key, value, v }: RecordRow): JsonObject {
    const found = currentObject({ v: type.v, schema: type.value, upcast: type.upcast }, v, value)
    if (found === null)
      tell({ kind: 'record', row: `room ${room} ${type.name} ${key}`, why: `not as version ${v} has it` })
    return found ?? {}
  }

  return {
    /** Null when there is none. */
    async record(room: number, type: RecordType, key: string): Promise<JsonObject | null> {
      const query = records.where('room', '=', room).where('type', '=', type.name).where('key', '=', key)
      const [row] = await db.all<RecordRow>(query.compile())
      return row ? valueOf(room, type, row) : null
    },

    /** Those of these types under this key, by the names of their types. */
    async recordsAbout(
      room: number,
      types: readonly RecordType[],
      key: string,
    ): Promise<ReadonlyMap<string, JsonObject>> {
      const names = types.map(({ name }) => name)
      const query = records.select('type').where('room', '=', room).where('type', 'in', names).where('key', '=', key)
      const rows = await db.all<RecordRow & { type: string }>(query.compile())
      return new Map(
        rows.flatMap((row) => {
          const type = types.find(({ name }) => name === row.type)
          return type ? [[row.type, valueOf(room, type, row)] as const] : []
        }),
      )
    },

    /** Which of these records exist, in those of the rooms that are open: `<room> <key>`. */
    async recordsOf(rooms: readonly number[], type: RecordType, keys: readonly string[]): Promise<ReadonlySet<string>> {
      const query = there
        .innerJoin('rooms', 'rooms.num', 'records.room')
        .select(['records.room', 'records.key'])
        .where('records.room', 'in', rooms)
        .where('records.type', '=', type.name)
        .where('records.key', 'in', keys)
        .where('rooms.closed_at', 'is', null)
      const rows = await db.all<Row & { room: number; key: string }>(query.compile())
      return new Set(rows.map(({ room, key }) => `${room} ${key}`))
    },

    /** The records of one type, oldest change first; at most `limit`. */
    async records(room: number, type: RecordType, limit: number): Promise<{ key: string; value: JsonObject }[]> {
      const query = records.where('room', '=', room).where('type', '=', type.name).orderBy('seq').limit(limit)
      const rows = await db.all<RecordRow>(query.compile())
      return rows.map((row) => ({ key: row.key, value: valueOf(room, type, row) }))
    },
  }
}
