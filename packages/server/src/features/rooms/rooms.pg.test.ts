import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
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
import { twoNodesContract } from './testing/two-nodes.suite.ts'
import { standInContract } from './testing/stand-in.suite.ts'
import { storedRoomsContract } from './testing/stored.suite.ts'
import { unreadableContract } from './testing/unreadable.suite.ts'
import { waitingContract } from './testing/waiting.suite.ts'

if (!postgresMissing) {
  const server = sharedPostgres()
  after(async () => (await server).stop())
  accountDeletionContract('PostgreSQL', onPostgres())
  roomsContract('PostgreSQL', onPostgres())
  directoryContract('PostgreSQL', onPostgres())
  privacyContract('PostgreSQL', onPostgres())
  entryContract('PostgreSQL', onPostgres())
  waitingContract('PostgreSQL', onPostgres())
  outsidersContract('PostgreSQL', onPostgres())
  peopleContract('PostgreSQL', onPostgres())
  hostingContract('PostgreSQL', onPostgres())
  ownersContract('PostgreSQL', onPostgres())
  standInContract('PostgreSQL', onPostgres())
  storedRoomsContract('PostgreSQL', onPostgres())
  unreadableContract('PostgreSQL', onPostgres())
  twoNodesContract('PostgreSQL', onPostgres())
  migrationContract('PostgreSQL', async () => ({ kind: 'postgres', url: await (await server).createDatabase('rooms') }))
}
