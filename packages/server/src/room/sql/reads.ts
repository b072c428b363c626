import type { StoredEvent, StoredRecord } from '../../core/contract.ts'
import type { Query, Row, ByteBound } from '../../platform/db/database.ts'
import type { Bound } from '../log/bound.ts'
import type { RecordState } from '../log/record-change.ts'
import { type Answer, type HistoryItem, type MemberRow, type RoomRow, sentOutRole } from '../types.ts'
import { type Dialect, intList, statementsFor } from './dialect.ts'
import {
  ANSWER,
  type AnyRow,
  checkedRecord,
  EVENT,
  int,
  MEMBER,
  readAnswer,
  readEvent,
  readMember,
  readRecord,
  readRecordRow,
  readRoom,
  RECORD,
  RECORD_ROW,
  ROOM,
  text,
} from './rows.ts'

/** A read in steps: yields one statement after the other and receives its rows, all in one snapshot. */
export type Read<T> = Generator<Query, T, readonly AnyRow[]>

export type RecordKey = { type: string; key: string }

/**
 * The engine's reads, with the same text for both dialects except for the placeholders. None of them returns emptied
 * events (rule D2), except `answered`.
 */
export function createReads(dialect: Dialect) {
  const statement = statementsFor(dialect)

  const roomById = statement(`SELECT ${ROOM} FROM rooms WHERE id = ?`)
  const roomByNum = statement(`SELECT ${ROOM} FROM rooms WHERE num = ?`)
  const roomsOf = statement(
    `SELECT ${ROOM} FROM members JOIN rooms ON num = room
     WHERE "user" = ? AND role <> '${sentOutRole}' AND closed_at IS NULL ORDER BY num DESC LIMIT ?`,
  )
  const tails = statement(`SELECT num, last_seq, epoch FROM rooms WHERE num IN (${intList[dialect].rows})`)
  const member = statement(`SELECT ${MEMBER} FROM members WHERE room = ? AND "user" = ?`)
  const members = statement(
    `SELECT ${MEMBER} FROM members WHERE room = ? AND (joined_at, "user") > (?, ?) ORDER BY joined_at, "user" LIMIT ?`,
  )
  const membersAmong = statement(
    `SELECT ${MEMBER} FROM members WHERE room = ? AND "user" IN (${intList[dialect].rows}) ORDER BY joined_at, "user"`,
  )
  const commonRooms = statement(
    `SELECT ${ROOM} FROM members AS a JOIN members AS b ON b.room = a.room AND b."user" = ? JOIN rooms ON num = a.room
     WHERE a."user" = ? AND a.role <> '${sentOutRole}' AND b.role <> '${sentOutRole}' AND closed_at IS NULL
     ORDER BY num DESC LIMIT ?`,
  )
  const answered = statement(`SELECT ${ANSWER} FROM events WHERE room = ? AND actor = ? AND client_id = ?`)
  const events = statement(`SELECT ${EVENT} FROM events WHERE room = ? AND seq > ? AND body <> '' ORDER BY seq LIMIT ?`)
  const records = statement(`SELECT ${RECORD} FROM records WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?`)
  const recordsAfter = statement(
    `SELECT ${RECORD_ROW} FROM records
     WHERE room = ? AND (type, key) > (?, ?) AND value IS NOT NULL ORDER BY type, key LIMIT ?`,
  )

  const record = statement(
    `SELECT ${RECORD_ROW} FROM records WHERE room = ? AND type = ? AND key = ? AND value IS NOT NULL`,
  )
  const recordsOf = statement(
    `SELECT ${RECORD_ROW} FROM records
     WHERE room = ? AND type = ? AND key > ? AND value IS NOT NULL ORDER BY key LIMIT ?`,
  )

  return {
    *roomById(id: string): Read<RoomRow | null> {
      return first(yield roomById(id), readRoom)
    },
    *roomByNum(num: number): Read<RoomRow | null> {
      return first(yield roomByNum(num), readRoom)
    },
    *roomsOf(user: number, limit: number): Read<RoomRow[]> {
      return (yield roomsOf(user, limit)).map(readRoom)
    },
    *tails(nums: readonly number[]): Read<Map<number, { last_seq: number; epoch: string }>> {
      const rows = yield tails(intList[dialect].cell(nums))
      return new Map(
        rows.map((row) => [int(row, 'num'), { last_seq: int(row, 'last_seq'), epoch: text(row, 'epoch') }]),
      )
    },
    *member(room: number, user: number): Read<MemberRow | null> {
      return first(yield member(room, user), readMember)
    },
    *members(room: number, after: { joined_at: number; user: number }, limit: number): Read<MemberRow[]> {
      return (yield members(room, after.joined_at, after.user, limit)).map(readMember)
    },
    *membersAmong(room: number, users: readonly number[]): Read<MemberRow[]> {
      return (yield membersAmong(room, intList[dialect].cell(users))).map(readMember)
    },
    *commonRooms(a: number, b: number, limit: number): Read<RoomRow[]> {
      return (yield commonRooms(b, a, limit)).map(readRoom)
    },
    *answered(room: number, user: number, client_id: string): Read<Answer | null> {
      const rows = yield answered(room, user, client_id)
      return first(rows, readAnswer)
    },
    /**
     * This and the following reads return at most `bound.rows` rows plus one, and end where `bound.bytes` of content
     * are exceeded.
     */
    *events(room: number, after: number, bound: Bound): Read<StoredEvent[]> {
      return (yield { ...events(room, after, bound.rows + 1), within: bodies(bound) }).map(readEvent)
    },
    *records(room: number, after: number, bound: Bound): Read<RecordState[]> {
      const rows = yield { ...records(room, after, bound.rows + 1), within: values(bound) }
      return rows.map((row) => checkedRecord(readRecord(row)))
    },
    /** Existing records by type and key, after a given one. */
    *recordsAfter(room: number, { type, key }: RecordKey, bound: Bound): Read<StoredRecord[]> {
      const rows = yield { ...recordsAfter(room, type, key, bound.rows + 1), within: values(bound) }
      return rows.map((row) => checkedRecord(readRecordRow(row)))
    },
    *record(room: number, { type, key }: RecordKey): Read<StoredRecord | null> {
      return first(yield record(room, type, key), (row) => checkedRecord(readRecordRow(row)))
    },
    /** Existing records of one type by key, after a given one. */
    *recordsOf(room: number, { type, key }: RecordKey, bound: Bound): Read<StoredRecord[]> {
      const rows = yield { ...recordsOf(room, type, key, bound.rows + 1), within: values(bound) }
      return rows.map((row) => checkedRecord(readRecordRow(row)))
    },
    /** `query` selects history items, at most `bound.rows` plus one. */
    *items(query: Query, bound: Bound): Read<HistoryItem[]> {
      return (yield { ...query, within: bodies(bound) }).map((row) => {
        return { position: int(row, 'position'), event: readEvent(row) }
      })
    },
  }
}
export type Reads = ReturnType<typeof createReads>

const bodies = ({ bytes }: Bound): ByteBound => ({ column: 'body', bytes })
const values = ({ bytes }: Bound): ByteBound => ({ column: 'value', bytes })

function first<T>(rows: readonly AnyRow[], read: (row: AnyRow) => T): T | null {
  const [row] = rows
  return row === undefined ? null : read(row)
}

/** Runs the statements that the read yields. */
export function runRead<T>(read: Read<T>, answer: (query: Query) => readonly Row[]): T {
  let step = read.next()
  while (step.done !== true) step = read.next(answer(step.value))
  return step.value
}

export async function runReadAsync<T>(read: Read<T>, answer: (query: Query) => Promise<readonly Row[]>): Promise<T> {
  let step = read.next()
  while (step.done !== true) step = read.next(await answer(step.value))
  return step.value
}
