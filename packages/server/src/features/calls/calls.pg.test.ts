import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { callsSuite } from './testing/calls.suite.ts'

if (!postgresMissing) callsSuite('PostgreSQL', onPostgres())
