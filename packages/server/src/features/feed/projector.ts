import type { StoredEvent } from '../../core/contract.ts'
import { memberChanged, memberJoined, memberLeft } from '../../room/contract.ts'
import type { Cell } from '../../platform/db/database.ts'
import { type Applied, type Projector, type RowsStatement, sentOutRole } from '../../room/types.ts'
import { messageSent } from '../messages/contract.ts'
import { lobbyId } from '../rooms/rooms.ts'
import { preview } from './preview.ts'
import type { LastMessage } from './store.ts'

const messageColumns = 'room, active_at, changed_at, message_at, message_seq, message_id, actor, type, text'
const setAll = messageColumns
  .replace('room, ', '')
  .split(', ')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

const putMessage: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: `INSERT INTO feed_rooms (${messageColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (room) DO UPDATE SET ${setAll}`,
  postgres: `INSERT INTO feed_rooms (${messageColumns})
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
               $7::bigint[], $8::text[], $9::text[])
             ON CONFLICT (room) DO UPDATE SET ${setAll}`,
}

const touch: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: `INSERT INTO feed_rooms (room, active_at, changed_at) VALUES (?, ?, ?)
           ON CONFLICT (room) DO UPDATE SET changed_at = excluded.changed_at`,
  postgres: `INSERT INTO feed_rooms (room, active_at, changed_at)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
             ON CONFLICT (room) DO UPDATE SET changed_at = excluded.changed_at`,
}

const replaceText: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'UPDATE feed_rooms SET text = ?3 WHERE room = ?1 AND message_seq = ?2',
  postgres: `UPDATE feed_rooms AS f SET text = given.text
             FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (room, seq, text)
             WHERE f.room = given.room AND f.message_seq = given.seq`,
}

const putGone: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: `INSERT INTO feed_gone (user, room, reason, at) VALUES (?, ?, ?, ?)
           ON CONFLICT (user, room) DO UPDATE SET reason = excluded.reason, at = excluded.at`,
  postgres: `INSERT INTO feed_gone ("user", room, reason, at)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
             ON CONFLICT ("user", room) DO UPDATE SET reason = excluded.reason, at = excluded.at`,
}

const removeGone: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'DELETE FROM feed_gone WHERE user = ? AND room = ?',
  postgres: `DELETE FROM feed_gone g USING unnest($1::bigint[], $2::bigint[]) AS back (member, room)
             WHERE g."user" = back.member AND g.room = back.room`,
}

type Happened = Extract<Applied, { kind: 'event' }>

/** Why the membership ended for its user; null: it began or goes on; undefined: the event is about no membership. */
export function endOf(type: string, body: Readonly<Record<string, unknown>>): string | null | undefined {
  const { role, reason } = body
  if (type === memberLeft.name) return typeof reason === 'string' ? reason : 'left'
  if (type === memberChanged.name) return role === sentOutRole ? sentOutRole : null
  return type === memberJoined.name ? null : undefined
}

/** The preview in the body of a message, or of an event that carries the new content of one. */
function textIn(body: Readonly<Record<string, unknown>>): string | null {
  const content = isObject(body['message']) ? body['message'] : body
  const { type, content: text } = content
  return (type === undefined || type === 'text') && typeof text === 'string' ? preview(text) : null
}
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** What is kept of the message in this event. */
export function lastMessageOf(
  { seq, at, actor }: Pick<StoredEvent, 'seq' | 'at' | 'actor'>,
  body: Readonly<Record<string, unknown>>,
): LastMessage {
  const { id, type } = body
  return {
    ...{ message_at: at, message_seq: seq, message_id: typeof id === 'string' ? id : null, actor },
    ...{ type: String(type), text: textIn(body) },
  }
}

function messageRow({ event, body }: Happened): Cell[] {
  const { message_at, message_seq, message_id, actor, type, text } = lastMessageOf(event, body)
  return [event.room, event.at, event.at, message_at, message_seq, message_id, actor, type, text]
}

function bodyOf(applied: readonly Applied[], room: number, seq: number): Happened['body'] | null {
  const isHere = (each: Applied) => each.kind === 'event' && each.event.room === room && each.event.seq === seq
  const found = applied.find(isHere)
  return found?.kind === 'event' ? found.body : null
}

/** Keeps both tables in step with the log. The lobby is in nobody's list. */
export const feedProjector: Projector = (applied) => {
  /** Of each room the last one, which is all that is kept. */
  const messages = new Map<number, Happened>()
  const touched = new Map<number, Cell[]>()
  const texts: Cell[][] = []
  const gone = new Map<string, Cell[]>()
  const back = new Map<string, Cell[]>()
  for (const each of applied) {
    if (each.room.id === lobbyId) continue
    if (each.kind === 'redacted') {
      const { room, seq, content_seq } = each
      const body = content_seq === null ? null : bodyOf(applied, room.num, content_seq)
      texts.push([room.num, seq, body && textIn(body)])
    }
    if (each.kind !== 'event') continue
    const { room, type, at, actor } = each.event
    if (type === messageSent.name) {
      messages.set(room, each)
      continue
    }
    touched.set(room, [room, each.room.created_at, at])
    const reason = endOf(type, each.body)
    if (reason === undefined) continue
    const key = `${actor} ${room}`
    gone.delete(key)
    back.delete(key)
    if (reason === null) back.set(key, [actor, room])
    else gone.set(key, [actor, room, reason, at])
  }
  return [
    { statement: putMessage, rows: [...messages.values()].map(messageRow) },
    { statement: touch, rows: [...touched.values()] },
    { statement: replaceText, rows: texts },
    { statement: putGone, rows: [...gone.values()] },
    { statement: removeGone, rows: [...back.values()] },
  ].filter(({ rows }) => rows.length > 0)
}
