import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { picturesSuite } from './testing/pictures.suite.ts'

if (!postgresMissing) picturesSuite('PostgreSQL', onPostgres())
