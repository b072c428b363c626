import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UnreadableRow } from '../../../core/stored.ts'
import { type DatabaseTarget, openDatabase } from '../../../platform/db/open-database.ts'
import { createIdentityStore } from '../store.ts'
import { createSessionStore } from '../sessions/store.ts'
import { identityMigrations } from '../tables.ts'

const unexpected = ({ row, why }: UnreadableRow) => assert.fail(`${row}: ${why}`)

/** Users and sessions of the first release survive the migration. */
export function migrationSuite(name: string, target: () => Promise<DatabaseTarget>): void {
  test(`users and sessions from before accounts existed are kept on ${name}`, async () => {
    const open = { target: await target(), onFailure: assert.ifError }
    {
      const before = await openDatabase({ ...open, migrations: identityMigrations.slice(0, 1) })
      const rows = [
        `INSERT INTO users (id, username, username_key, guest, created_at) VALUES ('u', 'Ann', 'ann', 1, 5)`,
        `INSERT INTO sessions (id, user_num, created_at, expires_at) SELECT 's', num, 5, 1000 FROM users`,
      ]
      await before.write(rows.map((sql) => ({ sql, parameters: [] })))
      await before.close()
    }
    const db = await openDatabase({ ...open, migrations: identityMigrations })
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
}
