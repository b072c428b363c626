import { postgresMissing, sharedPostgres } from '../../../../test/harness/postgres.ts'
import { postgresBackend } from './engine-harness.ts'
import { recordsFuzz } from './records-fuzz-contract.ts'

if (!postgresMissing) recordsFuzz('PostgreSQL', async () => postgresBackend(await sharedPostgres()))
