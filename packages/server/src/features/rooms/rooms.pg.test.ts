import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { roomsContract } from './rooms-contract.ts'

if (!postgresMissing) roomsContract('PostgreSQL', onPostgres())
