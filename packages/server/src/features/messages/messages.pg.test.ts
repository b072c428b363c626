import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { messagesSuite } from './testing/messages.suite.ts'

if (!postgresMissing) messagesSuite('PostgreSQL', onPostgres())
