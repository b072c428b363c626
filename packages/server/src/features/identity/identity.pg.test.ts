import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { accountsContract } from './testing/accounts.suite.ts'
import { identityContract } from './testing/identity.suite.ts'
import { migrationContract } from './testing/migration.suite.ts'
import { namesContract } from './testing/names.suite.ts'
import { sessionsContract } from './testing/sessions.suite.ts'

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
