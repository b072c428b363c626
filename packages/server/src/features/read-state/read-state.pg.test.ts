import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { readFuzz } from './testing/read-fuzz.suite.ts'
import { readStateSuite } from './testing/read-state.suite.ts'

if (!postgresMissing) {
  readStateSuite('PostgreSQL', onPostgres())
  readFuzz('PostgreSQL', onPostgres())
}
