import type { StoredEvent, StoredRecord } from '../../core/contract.ts'
import { checkedText } from '../../core/stored.ts'
import { wellFormedJson } from '../../core/text/well-formed.ts'
import { type RecordState, unsetFromText } from '../log/record-change.ts'
import type { Answer, MemberRow, RoomRow } from '../types.ts'

/** A row of either driver; the functions below convert it. A column with another type than in the table is a bug. */
export type AnyRow = Readonly<Record<string, unknown>>

export const ROOM = 'num, id, kind, epoch, last_seq, floor_seq, profile_seq, member_count, created_at, closed_at'
export const EVENT = 'room, seq, type, v, actor, client_id, body, at'
export const ANSWER = `action, content_hash, ${EVENT}`
export const MEMBER = '"user", role, joined_at, languages, view_seq'
/** A release without actors and versions leaves those of an earlier change, recognizable by `actor_seq`. */
export const RECORD_VERSION = 'CASE WHEN actor_seq = seq THEN v ELSE 1 END'
export const RECORD_ROW = `type, key, seq, value, at, CASE WHEN actor_seq = seq THEN actor ELSE 0 END AS actor,
  ${RECORD_VERSION} AS v`
export const RECORD = `${RECORD_ROW}, unset`
/** The columns of `readRecord`, in the order in which they are written. */
export const RECORD_WRITTEN = 'type, key, seq, v, value, unset, at, actor, actor_seq'

/** A room's row with the engine's totals of its records. */
export type StoredRoom = { row: RoomRow; totals: { count: number; bytes: number } }

export function int(row: AnyRow, column: string): number {
  const value = row[column]
  if (typeof value === 'number') return value
  throw new TypeError(`${column} is not a number`)
}

export function text(row: AnyRow, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new TypeError(`${column} is not text`)
}

const intOrNull = (row: AnyRow, column: string): number | null => (row[column] === null ? null : int(row, column))
const textOrNull = (row: AnyRow, column: string): string | null => (row[column] === null ? null : text(row, column))

export const readRoom = (row: AnyRow): RoomRow => ({
  num: int(row, 'num'),
  id: text(row, 'id'),
  kind: text(row, 'kind'),
  epoch: text(row, 'epoch'),
  last_seq: int(row, 'last_seq'),
  floor_seq: int(row, 'floor_seq'),
  profile_seq: int(row, 'profile_seq'),
  member_count: int(row, 'member_count'),
  created_at: int(row, 'created_at'),
  closed_at: intOrNull(row, 'closed_at'),
})

export const readStoredRoom = (row: AnyRow): StoredRoom => ({
  row: readRoom(row),
  totals: { count: int(row, 'record_count'), bytes: int(row, 'record_bytes') },
})

export const readEvent = (row: AnyRow): StoredEvent => ({
  room: int(row, 'room'),
  seq: int(row, 'seq'),
  type: text(row, 'type'),
  v: int(row, 'v'),
  actor: int(row, 'actor'),
  client_id: textOrNull(row, 'client_id'),
  body: checkedBody(text(row, 'body')),
  at: int(row, 'at'),
})

/** An emptied body stays empty (rule D2). */
const checkedBody = (body: string): string => (body === '' ? body : checkedText(body))

/** From a row with the columns ANSWER. */
export const readAnswer = (row: AnyRow): Answer => ({
  action: text(row, 'action'),
  content_hash: textOrNull(row, 'content_hash'),
  event: readEvent(row),
})

export const readMember = (row: AnyRow): MemberRow => ({
  user: int(row, 'user'),
  role: text(row, 'role'),
  joined_at: int(row, 'joined_at'),
  languages: textOrNull(row, 'languages'),
  view_seq: int(row, 'view_seq'),
})

export const readRecord = (row: AnyRow): RecordState => ({
  ...readRecordRow(row),
  unset: unsetFromText(text(row, 'unset')),
})

/** A record's value as JSON text that every client can parse, whichever release wrote it (rule TX2 of the doors). */
const valueOf = (row: AnyRow): string | null => {
  const value = textOrNull(row, 'value')
  return value === null ? null : wellFormedJson(value)
}

/** The record as it goes to clients (rule SD6). A commit parses the value itself, and counts the bytes of the row. */
export const checkedRecord = <R extends StoredRecord>(record: R): R =>
  record.value === null ? record : { ...record, value: checkedText(record.value) }

export const readRecordRow = (row: AnyRow): StoredRecord => ({
  type: text(row, 'type'),
  key: text(row, 'key'),
  seq: int(row, 'seq'),
  v: int(row, 'v'),
  value: valueOf(row),
  actor: int(row, 'actor'),
  at: int(row, 'at'),
})
