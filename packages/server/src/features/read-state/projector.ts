import type { Cell } from '../../platform/db/database.ts'
import { memberJoined, memberLeft } from '../../room/contract.ts'
import type { Projector, RowsStatement } from '../../room/types.ts'

const begin: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: `INSERT INTO read_pointers (user, room, read_seq, changed_at) VALUES (?, ?, ?, ?) ON CONFLICT (user, room)
           DO UPDATE SET read_seq = excluded.read_seq, unread_from = NULL, changed_at = excluded.changed_at`,
  postgres: `INSERT INTO read_pointers ("user", room, read_seq, changed_at)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) ON CONFLICT ("user", room)
             DO UPDATE SET read_seq = excluded.read_seq, unread_from = NULL, changed_at = excluded.changed_at`,
}

const end: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'DELETE FROM read_pointers WHERE user = ? AND room = ?',
  postgres: `DELETE FROM read_pointers p USING unnest($1::bigint[], $2::bigint[]) AS gone (member, room)
             WHERE p."user" = gone.member AND p.room = gone.room`,
}

/** A pointer begins and ends with its membership (rule RS1). Of each only the last change in a batch counts. */
export const readProjector: Projector = (applied) => {
  const begun = new Map<string, Cell[]>()
  const ended = new Map<string, Cell[]>()
  for (const each of applied) {
    if (each.kind !== 'event') continue
    const { type, actor, room, seq, at } = each.event
    if (type !== memberJoined.name && type !== memberLeft.name) continue
    const key = `${actor} ${room}`
    begun.delete(key)
    ended.delete(key)
    if (type === memberJoined.name) begun.set(key, [actor, room, seq, at])
    else ended.set(key, [actor, room])
  }
  return [
    { statement: begin, rows: [...begun.values()] },
    { statement: end, rows: [...ended.values()] },
  ].filter(({ rows }) => rows.length > 0)
}
