import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { twoNodesSuite } from './testing/two-nodes.suite.ts'
import { uploadsSuite } from './testing/uploads.suite.ts'

if (!postgresMissing) {
  uploadsSuite('PostgreSQL', onPostgres())
  twoNodesSuite('PostgreSQL', onPostgres())
}
