import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../testing/world.ts'
import { accountChangesSuite } from './testing/account-changes.suite.ts'
import { administratorsSuite } from './testing/administrators.suite.ts'
import { identitySuite } from './testing/identity.suite.ts'
import { endedKeysSuite } from './testing/ended-keys.suite.ts'
import { keysSuite } from './testing/keys.suite.ts'
import { migrationSuite } from './testing/migration.suite.ts'
import { namesSuite } from './testing/names.suite.ts'
import { registrationSuite } from './testing/registration.suite.ts'
import { sessionsSuite } from './testing/sessions.suite.ts'
import { signInSuite } from './testing/sign-in.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-identity-'))
after(() => rmSync(folder, { recursive: true }))

administratorsSuite('SQLite', onSqlite())
identitySuite('SQLite', onSqlite())
registrationSuite('SQLite', onSqlite())
signInSuite('SQLite', onSqlite())
accountChangesSuite('SQLite', onSqlite())
sessionsSuite('SQLite', onSqlite())
keysSuite('SQLite', onSqlite())
endedKeysSuite('SQLite', onSqlite())
namesSuite('SQLite', onSqlite())
let made = 0
migrationSuite('SQLite', async () => ({ kind: 'sqlite', file: join(folder, `${++made}.db`) }))
