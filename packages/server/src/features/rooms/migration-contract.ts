import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DatabaseTarget, openDatabase } from '../../platform/db/open-database.ts'
import { roomMigrations } from '../../room/sql/tables.ts'
import { identityMigrations } from '../identity/identity.ts'
import { createOutsidersStore } from './outsiders-store.ts'
import { roomProfileMigrations } from './tables.ts'

/** Those who waited and were banned before rooms knew when they were seen. */
export function migrationContract(name: string, target: () => Promise<DatabaseTarget>): void {
  test(`[W4] [P7] records of outsiders of before are found on ${name}`, async () => {
    const open = { target: await target(), onFailure: assert.ifError }
    const migrations = [...roomMigrations, ...identityMigrations, ...roomProfileMigrations]
    {
      const older = migrations.filter(({ id }) => id !== '0230-rooms-outsiders')
      assert.equal(older.length, migrations.length - 1)
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
      await before.write(rows.map((sql) => ({ sql, parameters: [] })))
      await before.close()
    }
    const db = await openDatabase({ ...open, migrations })
    try {
      const store = createOutsidersStore(db)
      const unseen = await store.unseenSince(100, 10)
      assert.deepEqual(
        unseen.map(({ room, room_id, user_id }) => [room, room_id, user_id]),
        [[1, 'r1', 'ann']],
      )
      const rooms = async (user: string) => (await store.roomsOf(user, 0, 10)).map(({ id }) => id)
      assert.deepEqual([await rooms('cy'), await rooms('bob'), await rooms('dee')], [['r1'], [], []])
      assert.equal(await store.othersIn(1, 'bob'), 1)
    } finally {
      await db.close()
    }
  })
}
