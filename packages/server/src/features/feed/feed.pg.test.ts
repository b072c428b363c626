import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { feedFuzz } from './testing/feed-fuzz.suite.ts'
import { feedSuite } from './testing/feed.suite.ts'
import { newsSuite } from './testing/news.suite.ts'

if (!postgresMissing) {
  feedSuite('PostgreSQL', onPostgres())
  newsSuite('PostgreSQL', onPostgres())
  feedFuzz('PostgreSQL', onPostgres())
}
