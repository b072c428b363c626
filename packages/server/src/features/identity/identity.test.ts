import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../testing/world.ts'
import { accountsContract } from './testing/accounts.suite.ts'
import { identityContract } from './testing/identity.suite.ts'
import { migrationContract } from './testing/migration.suite.ts'
import { namesContract } from './testing/names.suite.ts'
import { sessionsContract } from './testing/sessions.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-identity-'))
after(() => rmSync(folder, { recursive: true }))

identityContract('SQLite', onSqlite())
accountsContract('SQLite', onSqlite())
sessionsContract('SQLite', onSqlite())
namesContract('SQLite', onSqlite())
migrationContract('SQLite', async () => ({ kind: 'sqlite', file: join(folder, 'x.db') }))
