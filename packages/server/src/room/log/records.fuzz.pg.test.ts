import { postgresBackend } from '../../platform/db/testing/backends.ts'
import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { migrations } from '../testing/engine.ts'
import { recordsFuzz } from '../testing/engine/records-fuzz.suite.ts'

if (!postgresMissing) recordsFuzz('PostgreSQL', async () => postgresBackend(migrations))
