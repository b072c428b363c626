import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { postgresBackend } from '../testing/engine.ts'
import { viewsFuzz } from '../testing/views-fuzz.suite.ts'

if (!postgresMissing) viewsFuzz('PostgreSQL', async () => postgresBackend(await sharedPostgres()))
