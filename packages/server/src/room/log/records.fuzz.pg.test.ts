import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { postgresBackend } from '../testing/engine.ts'
import { recordsFuzz } from '../testing/records-fuzz.suite.ts'

if (!postgresMissing) recordsFuzz('PostgreSQL', async () => postgresBackend(await sharedPostgres()))
