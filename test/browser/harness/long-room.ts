import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ok } from '../../harness/rest.ts'
import type { Server } from '../../harness/server.ts'

/**
 * Puts so many messages more into a room by writing its log on the disk, where sending them would take minutes: copies of
 * those that stand there already, in turn, a minute apart up to now, with the text that `text` is in SQL (`n` counts from
 * 1). The server is stopped meanwhile; answers how long the log is then.
 */
export async function lengthen(
  server: Server,
  room_id: string,
  count: number,
  text = "'Message ' || n",
): Promise<number> {
  await server.stop()
  using database = new DatabaseSync(join(server.dataDir, 'parlor.db'))
  const place = { room_id, count }
  database.exec('BEGIN')
  database.prepare(copyEvents(text)).run(place)
  database
    .prepare(
      `INSERT INTO messages (room, seq, id)
       SELECT e.room, e.seq, json_extract(e.body, '$.id') FROM events e JOIN rooms r ON r.num = e.room
       WHERE r.id = :room_id AND e.seq > r.last_seq`,
    )
    .run({ room_id })
  database.prepare('UPDATE rooms SET last_seq = last_seq + :count WHERE id = :room_id').run(place)
  database.exec('COMMIT')
  await server.start()
  const room = await ok<{ last_seq: number }>(server.url, 'GET', `/api/rooms/${room_id}`)
  return room.last_seq
}

const copyEvents = (text: string) => `
  WITH RECURSIVE
    room AS (SELECT num, last_seq FROM rooms WHERE id = :room_id),
    copied AS (
      SELECT row_number() OVER (ORDER BY m.seq) - 1 AS place, e.* FROM messages m
      JOIN events e ON e.room = m.room AND e.seq = m.seq JOIN room ON room.num = m.room
    ),
    numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
  INSERT INTO events (room, seq, type, v, actor, client_id, action, body, at, expires_at)
  SELECT room.num, room.last_seq + n, c.type, c.v, c.actor, NULL, c.action,
    json_set(c.body, '$.id', printf('01900000-0000-7000-8000-%012x', room.last_seq + n), '$.client_id', NULL,
      '$.content', ${text}),
    c.at - (:count - n) * 60000, NULL
  FROM numbers JOIN room JOIN copied c ON c.place = n % (SELECT count(*) FROM copied)`
