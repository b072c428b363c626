import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../testing/world.ts'
import { accountDeletionContract } from './testing/account-deletion.suite.ts'
import { directoryContract } from './testing/directory.suite.ts'
import { entryContract } from './testing/entry.suite.ts'
import { hostingContract } from './testing/hosting.suite.ts'
import { migrationContract } from './testing/migration.suite.ts'
import { outsidersContract } from './testing/outsiders.suite.ts'
import { ownersContract } from './testing/owners.suite.ts'
import { peopleContract } from './testing/people.suite.ts'
import { privacyContract } from './testing/privacy.suite.ts'
import { roomsContract } from './testing/rooms.suite.ts'
import { standInContract } from './testing/stand-in.suite.ts'
import { storedRoomsContract } from './testing/stored.suite.ts'
import { unreadableContract } from './testing/unreadable.suite.ts'
import { waitingContract } from './testing/waiting.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-rooms-'))
after(() => rmSync(folder, { recursive: true }))

accountDeletionContract('SQLite', onSqlite())
roomsContract('SQLite', onSqlite())
directoryContract('SQLite', onSqlite())
privacyContract('SQLite', onSqlite())
entryContract('SQLite', onSqlite())
waitingContract('SQLite', onSqlite())
outsidersContract('SQLite', onSqlite())
peopleContract('SQLite', onSqlite())
hostingContract('SQLite', onSqlite())
ownersContract('SQLite', onSqlite())
standInContract('SQLite', onSqlite())
storedRoomsContract('SQLite', onSqlite())
unreadableContract('SQLite', onSqlite())
migrationContract('SQLite', async () => ({ kind: 'sqlite', file: join(folder, 'x.db') }))
