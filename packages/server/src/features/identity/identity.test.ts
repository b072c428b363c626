import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../features-harness.ts'
import { accountsContract } from './accounts-contract.ts'
import { identityContract } from './identity-contract.ts'
import { migrationContract } from './migration-contract.ts'
import { namesContract } from './names-contract.ts'
import { sessionsContract } from './sessions-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-identity-'))
after(() => rmSync(folder, { recursive: true }))

identityContract('SQLite', onSqlite())
accountsContract('SQLite', onSqlite())
sessionsContract('SQLite', onSqlite())
namesContract('SQLite', onSqlite())
migrationContract('SQLite', async () => ({ kind: 'sqlite', file: join(folder, 'x.db') }))
