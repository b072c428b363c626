import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { directoryContract } from './directory-contract.ts'
import { entryContract } from './entry-contract.ts'
import { hostingContract } from './hosting-contract.ts'
import { migrationContract } from './migration-contract.ts'
import { outsidersContract } from './outsiders-contract.ts'
import { ownersContract } from './owners-contract.ts'
import { peopleContract } from './people-contract.ts'
import { privacyContract } from './privacy-contract.ts'
import { roomsContract } from './rooms-contract.ts'
import { twoNodesContract } from './two-nodes-contract.ts'
import { standInContract } from './stand-in-contract.ts'
import { waitingContract } from './waiting-contract.ts'

if (!postgresMissing) {
  const server = sharedPostgres()
  after(async () => (await server).stop())
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
  twoNodesContract('PostgreSQL', onPostgres())
  migrationContract('PostgreSQL', async () => ({ kind: 'postgres', url: await (await server).createDatabase('rooms') }))
}
