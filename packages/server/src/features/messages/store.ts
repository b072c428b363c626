import type { Cell, Database } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { joinedEvent } from '../../room/sql/joins.ts'
import type { HistoryQuery, Projector, RowsStatement } from '../../room/types.ts'
import { messageSent } from './contract.ts'
import { lastNumber } from './counted.ts'
import { filesKinds, listsIn } from './files.ts'
import type { MessagesTables } from './tables.ts'

/** The event that carries a message's content. */
const content = joinedEvent('m.room', 'coalesce(m.content_seq, m.seq)')

/**
 * Messages of a room before or after a seq, nearest first, each with its current content (rule H5). Messages whose body was
 * emptied are left out.
 */
const select = (direction: 'down' | 'up', mark: (place: number) => string): string =>
  `SELECT m.seq AS position, ${content.columns}
   FROM messages m ${content.join}
   WHERE m.room = ${mark(1)} AND m.seq > ${mark(2)} AND m.seq < ${mark(3)} AND ${content.isThere}
   ORDER BY m.seq ${direction === 'down' ? 'DESC' : 'ASC'} LIMIT ${mark(4)}`

/** The same of messages that carry files of a list (rule FL1); read from their index, whatever lies between them. */
const selectCarrying = (mark: (place: number) => string): string =>
  `SELECT m.seq AS position, ${content.columns}
   FROM message_files f JOIN messages m ON m.room = f.room AND m.seq = f.seq ${content.join}
   WHERE f.room = ${mark(1)} AND f.seq > ${mark(2)} AND f.seq < ${mark(3)} AND f.kind = ${mark(5)} AND ${content.isThere}
   ORDER BY f.seq DESC LIMIT ${mark(4)}`

const statements = (direction: 'down' | 'up') => ({
  sqlite: select(direction, () => '?'),
  postgres: select(direction, (place) => `$${place}`),
})
const down = statements('down')
const up = statements('up')
const carrying = {
  // SQLite numbers its places too: the part stands before the limit.
  sqlite: selectCarrying((place) => `?${place}`),
  postgres: selectCarrying((place) => `$${place}`),
}

/** Reads one row more than `limit`, which shows whether there is another page. */
export const messageHistory: HistoryQuery = {
  page(room, { before, after, limit, part }) {
    const params: Cell[] = [room, after ?? 0, before ?? Number.MAX_SAFE_INTEGER, limit + 1]
    if (part !== undefined) return { ...carrying, params: [...params, part] }
    return { ...(after === null ? down : up), params }
  },
}

export function createMessagesStore(db: Database) {
  const queries = createQueries<MessagesTables>(db.dialect)
  return {
    async isIn(room: number, id: string): Promise<boolean> {
      const query = queries.selectFrom('messages').select('seq').where('id', '=', id).where('room', '=', room)
      return (await db.all(query.compile())).length > 0
    },
  }
}

/** A message without a number was never counted, so it must not be taken off either (rule H6). */
const unauthor: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'UPDATE messages SET author = 0 WHERE room = ? AND seq = ? AND n IS NOT NULL',
  postgres: `UPDATE messages AS m SET author = 0 FROM unnest($1::bigint[], $2::bigint[]) AS gone (room, seq)
             WHERE m.room = gone.room AND m.seq = gone.seq AND m.n IS NOT NULL`,
}

const insert: RowsStatement = {
  ...{ key: 2, again: 'refuse' },
  sqlite: `INSERT INTO messages (room, seq, id, author, n) VALUES (?1, ?2, ?3, ?4, 1 + coalesce(${lastNumber('?1')}, 0))`,
  postgres: `INSERT INTO messages (room, seq, id, author, n)
             SELECT g.room, g.seq, g.id, g.author,
               coalesce(${lastNumber('g.room')}, 0) + row_number() OVER (PARTITION BY g.room ORDER BY g.seq)
             FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS g (room, seq, id, author)`,
}

const insertFiles: RowsStatement = {
  ...{ key: 3, again: 'refuse' },
  sqlite: 'INSERT INTO message_files (room, kind, seq) VALUES (?, ?, ?)',
  postgres: 'INSERT INTO message_files (room, kind, seq) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])',
}

const lists = filesKinds.map((kind) => `'${kind}'`).join(', ')
const removeFiles: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: `DELETE FROM message_files WHERE room = ? AND seq = ? AND kind IN (${lists})`,
  postgres: `DELETE FROM message_files AS f USING unnest($1::bigint[], $2::bigint[]) AS gone (room, seq)
             WHERE f.room = gone.room AND f.seq = gone.seq AND f.kind IN (${lists})`,
}

const move: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'UPDATE messages SET content_seq = ?3 WHERE room = ?1 AND seq = ?2',
  postgres: `UPDATE messages AS m SET content_seq = moved.content_seq
   FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS moved (room, seq, content_seq)
   WHERE m.room = moved.room AND m.seq = moved.seq`,
}

/** Stores the place of each message, of its content and of its files, in the commit that adds, edits or removes it. */
export const messageProjector: Projector = (applied) => {
  const sent: Cell[][] = []
  const moved: Cell[][] = []
  const carried: Cell[][] = []
  const removed: Cell[][] = []
  for (const each of applied) {
    if (each.kind === 'redacted') {
      const { room, seq, content_seq } = each
      if (content_seq === null) removed.push([room.num, seq])
      else moved.push([room.num, seq, content_seq])
    }
    if (each.kind !== 'event' || each.event.type !== messageSent.name) continue
    const { id, files } = each.body
    if (typeof id !== 'string') throw new TypeError('A message without an id')
    const { room, seq } = each.event
    sent.push([room, seq, id, each.event.actor])
    for (const list of listsIn(files)) carried.push([room, list, seq])
  }
  const writes = [
    { statement: insert, rows: sent },
    { statement: move, rows: moved },
    { statement: unauthor, rows: removed },
    { statement: insertFiles, rows: carried },
    { statement: removeFiles, rows: removed },
  ]
  return writes.filter(({ rows }) => rows.length > 0)
}
