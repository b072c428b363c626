import { AppError } from '../../../core/error.ts'
import { storedObject } from '../../../core/stored.ts'
import type { Cell } from '../../../platform/db/database.ts'
import type { Projector, RecordChange, RowsStatement } from '../../../room/types.ts'
import { pollBounds } from '../bounds.ts'
import { pollRecord, pollVoteRecord } from '../contract.ts'
import { pollErrors } from '../errors.ts'
import { pollOf, votesOf } from '../state.ts'
import { leftOpen } from './tables.ts'

const most = pollBounds.polls_open.value

/** Rule PO4. On PostgreSQL all rows of a batch are of one room, whose row it has locked. */
const open: RowsStatement = {
  ...{ key: 2, again: 'refuse', missed: () => new AppError(pollErrors.too_many_polls) },
  sqlite: `INSERT INTO polls (room, id, seq, v, value, anonymous, open, gone, recorded)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1, 0, 1
           WHERE (SELECT count(*) FROM polls WHERE room = ?1 AND open = 1) < ${most}`,
  postgres: `INSERT INTO polls (room, id, seq, v, value, anonymous, open, gone, recorded)
             SELECT n.room, n.id, n.seq, n.v, n.value, n.anonymous, 1, 0, 1
             FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])
               WITH ORDINALITY AS n (room, id, seq, v, value, anonymous, place)
             WHERE (SELECT count(*) FROM polls p WHERE p.room = n.room AND p.open = 1) + n.place <= ${most}
             RETURNING id`,
}

const close: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: `UPDATE polls SET open = 0, closed_seq = coalesce(closed_seq, ?3), v = ?4, value = ?5
           WHERE room = ?1 AND id = ?2`,
  postgres: `UPDATE polls AS p SET open = 0, closed_seq = coalesce(p.closed_seq, c.seq), v = c.v, value = c.value
             FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS c (room, id, seq, v, value)
             WHERE p.room = c.room AND p.id = c.id`,
}

/** The choice is left out in an anonymous poll (rule PO9). */
const vote: RowsStatement = {
  ...{ key: 3, again: 'last' },
  sqlite: `INSERT INTO poll_votes (room, poll_id, user_id, voter, options, seq, held)
           SELECT ?1, ?2, ?3, ?4, CASE WHEN p.anonymous = 1 THEN NULL ELSE ?5 END, ?6, 1
           FROM polls p WHERE p.room = ?1 AND p.id = ?2
           ON CONFLICT (room, poll_id, user_id) DO UPDATE SET options = excluded.options, seq = excluded.seq, held = 1`,
  postgres: `INSERT INTO poll_votes (room, poll_id, user_id, voter, options, seq, held)
             SELECT v.room, v.poll_id, v.user_id, v.voter, CASE WHEN p.anonymous = 1 THEN NULL ELSE v.options END, v.seq, 1
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])
               AS v (room, poll_id, user_id, voter, options, seq)
             JOIN polls p ON p.room = v.room AND p.id = v.poll_id
             ON CONFLICT (room, poll_id, user_id) DO UPDATE SET options = excluded.options, seq = excluded.seq, held = 1`,
}

const remove: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'UPDATE polls SET gone = 1, open = 0 WHERE room = ? AND seq = ?',
  postgres: `UPDATE polls AS p SET gone = 1, open = 0 FROM unnest($1::bigint[], $2::bigint[]) AS g (room, seq)
             WHERE p.room = g.room AND p.seq = g.seq`,
}

/** What the room leaves open the server closes (rule PO17). */
const leave: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: `UPDATE polls SET open = ${leftOpen} WHERE room = ? AND open = 1`,
  postgres: `UPDATE polls SET open = ${leftOpen} WHERE room = ANY($1::bigint[]) AND open = 1`,
}

/** Keeps the tables in step with the records of polls and votes, and with the messages that ask. */
export const pollProjector: Projector = (applied) => {
  const opened: Cell[][] = []
  const closed: Cell[][] = []
  const voted: Cell[][] = []
  const removed: Cell[][] = []
  const left: Cell[][] = []
  for (const each of applied) {
    if (each.kind === 'redacted' && each.content_seq === null) removed.push([each.room.num, each.seq])
    if (each.kind === 'closed') left.push([each.room.num])
    if (each.kind !== 'record') continue
    const { record } = each
    const { room, key, seq, v, value } = record
    if (value === null) continue
    if (record.type === pollVoteRecord.name) voted.push(...votesIn(record))
    if (record.type !== pollRecord.name) continue
    const poll = pollOf(storedObject(value))
    if (poll === null) continue
    if (poll.closed_at !== null) closed.push([room, key, seq, v, value])
    else if (isNew(record)) opened.push([room, key, poll.message_seq, v, value, Number(poll.anonymous)])
  }
  return [
    { statement: open, rows: opened },
    { statement: vote, rows: voted },
    { statement: close, rows: closed },
    { statement: remove, rows: removed },
    { statement: leave, rows: left },
  ].filter(({ rows }) => rows.length > 0)
}

/** Only the commit that creates a poll sets its question. */
const isNew = ({ set }: RecordChange): boolean => Object.hasOwn(storedObject(set) ?? {}, 'question')

/** The choices that this change set; what it took away was removed by the server (rule PO13). */
const votesIn = ({ room, key, actor, set, seq }: RecordChange): Cell[][] =>
  Object.entries(votesOf(storedObject(set))).map(([poll_id, chosen]) => [
    ...[room, poll_id, key, actor],
    ...[JSON.stringify(chosen), seq],
  ])
