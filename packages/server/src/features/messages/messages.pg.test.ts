import { after } from 'node:test'
import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { filesSuite } from './testing/files.suite.ts'
import { historySuite } from './testing/history.suite.ts'
import { inlineSuite } from './testing/inline.suite.ts'
import { messagesSuite } from './testing/messages.suite.ts'

if (!postgresMissing) {
  const server = sharedPostgres()
  after(async () => (await server).stop())
  messagesSuite('PostgreSQL', onPostgres())
  historySuite('PostgreSQL', onPostgres())
  inlineSuite('PostgreSQL', onPostgres())
  filesSuite('PostgreSQL', onPostgres(), async () => ({
    kind: 'postgres',
    url: await (await server).createDatabase('messages'),
  }))
}
