import { AppError } from '../../../core/error.ts'
import type { Cell } from '../../../platform/db/database.ts'
import type { Projector, RowsStatement } from '../../../room/types.ts'
import { uploadErrors } from '../errors.ts'

const names = { ids: 'file_ids', quota: 'file_quota' } as const

/** The `aside` of an event that carries these files; `quota`: bytes that files of the room may have together. */
export const carrying = (ids: readonly string[], quota: number): Readonly<Record<string, unknown>> => ({
  [names.ids]: ids,
  [names.quota]: quota,
})

/** Why a message is refused whose file another has, by this node or another, or that is gone (rule UP11). */
export const attached = (): AppError =>
  new AppError('validation_error', { details: { errors: { file_ids: 'This file is attached already, or gone' } } })

const attach: RowsStatement = {
  ...{ key: 1, again: 'refuse', missed: attached },
  sqlite: "UPDATE files SET room_id = ?2, seq = ?3 WHERE id = ?1 AND seq IS NULL AND state = 'ready'",
  postgres: `UPDATE files AS f SET room_id = given.room_id, seq = given.seq
             FROM unnest($1::text[], $2::text[], $3::bigint[]) AS given (id, room_id, seq)
             WHERE f.id = given.id AND f.seq IS NULL AND f.state = 'ready' RETURNING f.id`,
}

const countForRoom: RowsStatement = {
  ...{ key: 1, again: 'refuse' },
  sqlite: `INSERT INTO file_usage (scope, ref, bytes, files)
           SELECT 'room', ?2, charged, 1 FROM files WHERE id = ?1
           ON CONFLICT (scope, ref) DO UPDATE SET bytes = bytes + excluded.bytes, files = files + 1`,
  postgres: `INSERT INTO file_usage AS u (scope, ref, bytes, files)
             SELECT 'room', given.room_id, sum(f.charged), count(*)
             FROM unnest($1::text[], $2::text[]) AS given (id, room_id) JOIN files f ON f.id = given.id
             GROUP BY given.room_id
             ON CONFLICT (scope, ref) DO UPDATE SET bytes = u.bytes + excluded.bytes, files = u.files + excluded.files`,
}

/** Changes nothing: locks what was counted, and refuses the commit that went over the quota (rule UP9). */
const withinQuota: RowsStatement = {
  ...{ key: 1, again: 'last', missed: () => new AppError(uploadErrors.quota_exceeded) },
  sqlite: "UPDATE file_usage SET bytes = bytes WHERE scope = 'room' AND ref = ?1 AND bytes <= ?2",
  postgres: `UPDATE file_usage AS u SET bytes = u.bytes
             FROM unnest($1::text[], $2::bigint[]) AS given (room_id, quota)
             WHERE u.scope = 'room' AND u.ref = given.room_id AND u.bytes <= given.quota RETURNING u.ref`,
}

const removeOf: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: "UPDATE files SET state = 'removed' WHERE room_id = ? AND seq = ?",
  postgres: `UPDATE files AS f SET state = 'removed' FROM unnest($1::text[], $2::bigint[]) AS gone (room_id, seq)
             WHERE f.room_id = gone.room_id AND f.seq = gone.seq`,
}

const closeRoom: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: 'INSERT INTO file_rooms_closed (room_id) VALUES (?) ON CONFLICT DO NOTHING',
  postgres: 'INSERT INTO file_rooms_closed (room_id) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING',
}

/** Attaches files in the commit of the event that carries them, and removes them with it or with its room (rules UP7, UP11). */
export const uploadProjector: Projector = (applied) => {
  const attached: Cell[][] = []
  const removed: Cell[][] = []
  const closed: Cell[][] = []
  const quotas: Cell[][] = []
  for (const each of applied) {
    if (each.kind === 'event' && each.aside) {
      const [ids, quota] = [idsIn(each.aside[names.ids]), each.aside[names.quota]]
      for (const id of ids) attached.push([id, each.room.id, each.event.seq])
      if (ids.length > 0 && typeof quota === 'number') quotas.push([each.room.id, quota])
    } else if (each.kind === 'redacted' && each.content_seq === null) removed.push([each.room.id, each.seq])
    else if (each.kind === 'closed') closed.push([each.room.id])
  }
  return [
    { statement: countForRoom, rows: attached.map(([id = null, room_id = null]) => [id, room_id]) },
    { statement: attach, rows: attached },
    { statement: withinQuota, rows: quotas },
    { statement: removeOf, rows: removed },
    { statement: closeRoom, rows: closed },
  ].filter(({ rows }) => rows.length > 0)
}

const idsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : []
