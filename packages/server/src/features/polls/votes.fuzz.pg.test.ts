import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { votesFuzzSuite } from './testing/votes-fuzz.suite.ts'

if (!postgresMissing) votesFuzzSuite('PostgreSQL', onPostgres())
