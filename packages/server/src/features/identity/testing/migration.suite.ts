import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UnreadableRow } from '../../../core/stored.ts'
import { type DatabaseTarget, openDatabase } from '../../../platform/db/open-database.ts'
import { jobMigrations } from '../../../platform/jobs/jobs.ts'
import { roomMigrations } from '../../../room/sql/tables.ts'
import { deletionJob } from '../jobs.ts'
import { createIdentityStore } from '../store.ts'
import { createSessionStore } from '../sessions/store.ts'
import { identityMigrations } from '../tables.ts'

const unexpected = ({ row, why }: UnreadableRow) => assert.fail(`${row}: ${why}`)
const migrations = [...roomMigrations, ...jobMigrations, ...identityMigrations]
/** The schema of a release that knew of identity only the first `count` steps. */
const migrationsOfBefore = (count: number) => [...roomMigrations, ...identityMigrations.slice(0, count)]

/** Users and sessions of the first release survive the migration. */
export function migrationSuite(name: string, target: () => Promise<DatabaseTarget>): void {
  test(`users and sessions from before accounts existed are kept on ${name}`, async () => {
    const open = { target: await target(), onFailure: assert.ifError }
    {
      const before = await openDatabase({ ...open, migrations: migrationsOfBefore(1) })
      const rows = [
        `INSERT INTO users (id, username, username_key, guest, created_at) VALUES ('u', 'Ann', 'ann', 1, 5)`,
        `INSERT INTO sessions (id, user_num, created_at, expires_at) SELECT 's', num, 5, 1000 FROM users`,
      ]
      await before.write(rows.map((sql) => ({ sql, parameters: [] })))
      await before.close()
    }
    const db = await openDatabase({ ...open, migrations })
    try {
      const [users, sessions] = [createIdentityStore(db, unexpected), createSessionStore(db, unexpected)]
      const user = await sessions.user('s', 'u', 10)
      assert.deepEqual([user?.live, user?.seen_at, user?.profile.name], [true, 5, 'Ann'])
      const { num } = user ?? assert.fail()
      const session = { id: 't', created_at: 10, expires_at: 1000, user_agent: null, address: null }
      const account = { username: 'Ann', email: 'ann@example.org', password_hash: 'x' }
      assert.equal(await sessions.refresh('s', 0, { ...session, now: 20 }), true)
      assert.equal(await users.promote({ num, id: 'u', session_id: 's' }, account, session, []), true)
      assert.equal((await users.accountOf('ann'))?.num, num)
      assert.equal(await sessions.refresh('s', 1, { ...session, now: 30 }), false)
      assert.equal(await sessions.refresh('t', 0, { ...session, now: 30 }), true)
    } finally {
      await db.close()
    }
  })

  test(`[A14] a deletion that an earlier release had begun goes on as a job on ${name}`, async () => {
    const open = { target: await target(), onFailure: assert.ifError }
    const before = await openDatabase({ ...open, migrations: migrationsOfBefore(5) })
    const sql = `INSERT INTO account_deletions (user_num, user_id, due_at, position, clean, passes) VALUES (7, 'u', 5, '1 x', 0, 2)`
    await before.write([{ sql, parameters: [] }])
    await before.close()
    const db = await openDatabase({ ...open, migrations })
    const [job] = await db.all<{ payload: string }>({
      sql: `SELECT payload FROM jobs WHERE name = '${deletionJob.name}'`,
      parameters: [],
    })
    const payload = deletionJob.payload.parse(JSON.parse(job?.payload ?? ''))
    assert.deepEqual(payload, { user: { num: 7, id: 'u' }, position: '1 x', clean: false, passes: 2 })
    await db.close()
  })
}
