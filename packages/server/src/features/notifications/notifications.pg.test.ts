import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { notificationsSuite } from './testing/notifications.suite.ts'

if (!postgresMissing) notificationsSuite('PostgreSQL', onPostgres())
