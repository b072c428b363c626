import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { jobActionsSuite } from './testing/jobs.suite.ts'

if (!postgresMissing) jobActionsSuite('PostgreSQL', onPostgres())
