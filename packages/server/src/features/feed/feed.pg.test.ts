import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { feedSuite } from './testing/feed.suite.ts'

if (!postgresMissing) feedSuite('PostgreSQL', onPostgres())
