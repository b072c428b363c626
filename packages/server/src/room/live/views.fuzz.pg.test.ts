import { postgresBackend } from '../../platform/db/testing/backends.ts'
import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { migrations } from '../testing/engine.ts'
import { viewsFuzz } from '../testing/views-fuzz.suite.ts'

if (!postgresMissing) viewsFuzz('PostgreSQL', async () => postgresBackend(migrations))
