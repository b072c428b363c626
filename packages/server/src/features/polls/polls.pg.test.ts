import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { askingSuite } from './testing/asking.suite.ts'
import { endingSuite } from './testing/ending.suite.ts'
import { votingSuite } from './testing/voting.suite.ts'

if (!postgresMissing) {
  askingSuite('PostgreSQL', onPostgres())
  votingSuite('PostgreSQL', onPostgres())
  endingSuite('PostgreSQL', onPostgres())
}
