import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { broadcastsSuite } from './testing/broadcasts.suite.ts'

if (!postgresMissing) broadcastsSuite('PostgreSQL', onPostgres())
