import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { accountsContract } from './accounts-contract.ts'
import { identityContract } from './identity-contract.ts'
import { migrationContract } from './migration-contract.ts'
import { namesContract } from './names-contract.ts'
import { sessionsContract } from './sessions-contract.ts'

if (!postgresMissing) {
  const server = sharedPostgres()
  after(async () => (await server).stop())
  identityContract('PostgreSQL', onPostgres())
  accountsContract('PostgreSQL', onPostgres())
  sessionsContract('PostgreSQL', onPostgres())
  namesContract('PostgreSQL', onPostgres())
  migrationContract('PostgreSQL', async () => ({
    kind: 'postgres',
    url: await (await server).createDatabase('identity'),
  }))
}
