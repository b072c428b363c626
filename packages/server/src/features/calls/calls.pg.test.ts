import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { callsContract } from './testing/calls.suite.ts'

if (!postgresMissing) callsContract('PostgreSQL', onPostgres())
