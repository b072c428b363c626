import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { uploadsSuite } from './testing/uploads.suite.ts'

if (!postgresMissing) uploadsSuite('PostgreSQL', onPostgres())
