import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { eventsSuite } from './testing/events.suite.ts'

if (!postgresMissing) eventsSuite('PostgreSQL', onPostgres())
