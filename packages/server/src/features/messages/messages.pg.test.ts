import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { historySuite } from './testing/history.suite.ts'
import { inlineSuite } from './testing/inline.suite.ts'
import { messagesSuite } from './testing/messages.suite.ts'

if (!postgresMissing) {
  messagesSuite('PostgreSQL', onPostgres())
  historySuite('PostgreSQL', onPostgres())
  inlineSuite('PostgreSQL', onPostgres())
}
