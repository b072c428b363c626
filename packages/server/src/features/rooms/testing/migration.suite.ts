import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DatabaseTarget, openDatabase } from '../../../platform/db/open-database.ts'
import { jobMigrations } from '../../../platform/jobs/jobs.ts'
import { roomMigrations } from '../../../room/sql/tables.ts'
import { identityMigrations } from '../../identity/tables.ts'
import { createUserRecordsStore } from '../waiting/user-records-store.ts'
import { roomProfileMigrations } from '../tables.ts'

/** Rows from before the tables and columns for waiting users, rights of stand-ins and ranks of rooms existed. */
export function migrationSuite(name: string, target: () => Promise<DatabaseTarget>): void {
  test(`[W4] [P7] [HO5] [DR1] rows of earlier releases are migrated on ${name}`, async () => {
    const open = { target: await target(), onFailure: assert.ifError }
    const migrations = [...roomMigrations, ...jobMigrations, ...identityMigrations, ...roomProfileMigrations]
    {
      const older = migrations.filter(({ id }) => id < '0230')
      assert.ok(older.length < migrations.length)
      const before = await openDatabase({ ...open, migrations: older })
      const room = (num: number, closed_at: string) =>
        `INSERT INTO rooms (num, id, kind, epoch, last_seq, floor_seq, member_count, record_count, record_bytes, created_at, closed_at)
         VALUES (${num}, 'r${num}', 'chat', 'x', 3, 0, 0, 3, 6, 0, ${closed_at})`
      const record = (num: number, type: string, key: string, value: string, at: number) =>
        `INSERT INTO records (room, type, key, seq, value, unset, at) VALUES (${num}, '${type}', '${key}', 1, ${value}, '', ${at})`
      const rows = [
        room(1, 'NULL'),
        room(2, '5'),
        record(1, 'waiting', 'ann', `'{}'`, 7),
        record(1, 'waiting', 'bob', 'NULL', 8),
        record(1, 'invite', 'ann', `'{}'`, 6),
        record(1, 'ban', 'cy', `'{}'`, 9),
        record(2, 'waiting', 'dee', `'{}'`, 4),
      ]
      const user = (id: string, guest: 0 | 1) =>
        `INSERT INTO users (id, username, username_key, guest, created_at) VALUES ('${id}', '${id}', '${id}', ${guest}, 0)`
      const profile = (num: number, is_private: 0 | 1, host: number, stood_in: string) =>
        `INSERT INTO room_profiles (room, is_private, host, name, host_id, owner, owner_id, stood_in, capabilities, settings)
         VALUES (${num}, ${is_private}, ${host}, 'x', 'x', 1, 'x', ${stood_in}, '{}', '{}')`
      rows.push(
        user('owner', 0),
        user('a guest', 1),
        user('another', 0),
        room(3, 'NULL'),
        room(4, 'NULL'),
        room(5, 'NULL'),
      )
      rows.push(
        profile(1, 0, 1, 'NULL'),
        profile(2, 0, 1, 'NULL'),
        profile(3, 0, 2, `'guest'`),
        profile(4, 1, 3, `'cohost'`),
        profile(5, 0, 3, `'member'`),
        `INSERT INTO events (room, seq, type, v, actor, action, body, at) VALUES (5, 3, 't', 1, 1, 'a', '{}', 86400007)`,
      )
      await before.write(rows.map((sql) => ({ sql, parameters: [] })))
      await before.close()
    }
    const db = await openDatabase({ ...open, migrations })
    try {
      const store = createUserRecordsStore(db)
      assert.deepEqual(await store.waitingFor(1), [{ user_id: 'ann', seen_at: 7 }])
      const timers = `SELECT room, payload, key FROM jobs WHERE name = 'rooms.sweepWaiting'`
      const [timer, ...more] = await db.all<{ payload: string }>({ sql: timers, parameters: [] })
      assert.deepEqual([JSON.parse(timer?.payload ?? ''), more], [{ room_id: 'r1' }, []])
      const rooms = async (user: string) => (await store.roomsOf(user, 0, 10)).map(({ id }) => id)
      assert.deepEqual([await rooms('cy'), await rooms('bob'), await rooms('dee')], [['r1'], [], []])
      assert.equal(await store.othersIn(1, 'bob'), 1)
      const rows = (sql: string) => db.all({ sql, parameters: [] })
      const rights = await rows('SELECT host_rights FROM room_profiles ORDER BY room')
      assert.deepEqual(
        rights.map((row) => row['host_rights']),
        ['all', 'all', 'controls', 'cohost', 'order'],
      )
      const listed = await rows('SELECT room, rank FROM room_directory ORDER BY rank DESC, room')
      assert.deepEqual(
        listed.map((row) => [row['room'], row['rank']]),
        [
          [5, 7],
          [1, -86_400_000],
          [3, -86_400_000],
        ],
      )
    } finally {
      await db.close()
    }
  })
}
