import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../testing/world.ts'
import { filesSuite } from './testing/files.suite.ts'
import { historySuite } from './testing/history.suite.ts'
import { inlineSuite } from './testing/inline.suite.ts'
import { messagesSuite } from './testing/messages.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-messages-'))
after(() => rmSync(folder, { recursive: true }))

messagesSuite('SQLite', onSqlite())
historySuite('SQLite', onSqlite())
inlineSuite('SQLite', onSqlite())
filesSuite('SQLite', onSqlite(), async () => ({ kind: 'sqlite', file: join(folder, 'earlier.db') }))
