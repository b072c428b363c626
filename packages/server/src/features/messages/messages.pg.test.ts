import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { messagesContract } from './messages-contract.ts'

if (!postgresMissing) messagesContract('PostgreSQL', onPostgres())
