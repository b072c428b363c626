import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
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
import { twoNodesSuite } from './testing/two-nodes.suite.ts'
import { searchSuite } from './people/testing/search.suite.ts'
import { standInSuite } from './people/testing/stand-in.suite.ts'
import { storedRoomsSuite } from './testing/stored.suite.ts'
import { unreadableSuite } from './testing/unreadable.suite.ts'
import { viewsSuite } from './testing/views.suite.ts'
import { waitingSuite } from './testing/waiting.suite.ts'

if (!postgresMissing) {
  const server = sharedPostgres()
  after(async () => (await server).stop())
  accountDeletionSuite('PostgreSQL', onPostgres())
  roomsSuite('PostgreSQL', onPostgres())
  comingAndGoingSuite('PostgreSQL', onPostgres())
  directorySuite('PostgreSQL', onPostgres())
  privacySuite('PostgreSQL', onPostgres())
  entrySuite('PostgreSQL', onPostgres())
  waitingSuite('PostgreSQL', onPostgres())
  viewsSuite('PostgreSQL', onPostgres())
  userRecordsSuite('PostgreSQL', onPostgres())
  peopleSuite('PostgreSQL', onPostgres())
  searchSuite('PostgreSQL', onPostgres())
  hostingSuite('PostgreSQL', onPostgres())
  ownersSuite('PostgreSQL', onPostgres())
  standInSuite('PostgreSQL', onPostgres())
  storedRoomsSuite('PostgreSQL', onPostgres())
  unreadableSuite('PostgreSQL', onPostgres())
  twoNodesSuite('PostgreSQL', onPostgres())
  migrationSuite('PostgreSQL', async () => ({ kind: 'postgres', url: await (await server).createDatabase('rooms') }))
}
