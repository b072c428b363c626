import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../testing/world.ts'
import { accountDeletionSuite } from './people/testing/account-deletion.suite.ts'
import { comingAndGoingSuite } from './testing/coming-and-going.suite.ts'
import { directorySuite } from './testing/directory.suite.ts'
import { entrySuite } from './testing/entry.suite.ts'
import { hostingSuite } from './people/testing/hosting.suite.ts'
import { migrationSuite } from './testing/migration.suite.ts'
import { userRecordsSuite } from './testing/user-records.suite.ts'
import { ownersSuite } from './people/testing/owners.suite.ts'
import { peopleSuite } from './people/testing/people.suite.ts'
import { privacySuite } from './testing/privacy.suite.ts'
import { roomsSuite } from './testing/rooms.suite.ts'
import { searchSuite } from './people/testing/search.suite.ts'
import { standInSuite } from './people/testing/stand-in.suite.ts'
import { storedRoomsSuite } from './testing/stored.suite.ts'
import { unreadableSuite } from './testing/unreadable.suite.ts'
import { viewsSuite } from './testing/views.suite.ts'
import { waitingSuite } from './testing/waiting.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-rooms-'))
after(() => rmSync(folder, { recursive: true }))

accountDeletionSuite('SQLite', onSqlite())
roomsSuite('SQLite', onSqlite())
comingAndGoingSuite('SQLite', onSqlite())
directorySuite('SQLite', onSqlite())
privacySuite('SQLite', onSqlite())
entrySuite('SQLite', onSqlite())
waitingSuite('SQLite', onSqlite())
viewsSuite('SQLite', onSqlite())
userRecordsSuite('SQLite', onSqlite())
peopleSuite('SQLite', onSqlite())
searchSuite('SQLite', onSqlite())
hostingSuite('SQLite', onSqlite())
ownersSuite('SQLite', onSqlite())
standInSuite('SQLite', onSqlite())
storedRoomsSuite('SQLite', onSqlite())
unreadableSuite('SQLite', onSqlite())
migrationSuite('SQLite', async () => ({ kind: 'sqlite', file: join(folder, 'x.db') }))
