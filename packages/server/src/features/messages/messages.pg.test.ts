import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { messagesContract } from './testing/messages.suite.ts'

if (!postgresMissing) messagesContract('PostgreSQL', onPostgres())
