import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
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

if (!postgresMissing) {
  const server = sharedPostgres()
  after(async () => (await server).stop())
  administratorsSuite('PostgreSQL', onPostgres())
  identitySuite('PostgreSQL', onPostgres())
  registrationSuite('PostgreSQL', onPostgres())
  signInSuite('PostgreSQL', onPostgres())
  accountChangesSuite('PostgreSQL', onPostgres())
  sessionsSuite('PostgreSQL', onPostgres())
  keysSuite('PostgreSQL', onPostgres())
  endedKeysSuite('PostgreSQL', onPostgres())
  namesSuite('PostgreSQL', onPostgres())
  migrationSuite('PostgreSQL', async () => ({
    kind: 'postgres',
    url: await (await server).createDatabase('identity'),
  }))
}
