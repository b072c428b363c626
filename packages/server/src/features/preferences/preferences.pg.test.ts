import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { preferencesSuite } from './testing/preferences.suite.ts'

if (!postgresMissing) preferencesSuite('PostgreSQL', onPostgres())
