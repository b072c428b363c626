import { onSqlite } from '../testing/world.ts'
import { feedFuzz } from './testing/feed-fuzz.suite.ts'
import { feedSuite } from './testing/feed.suite.ts'
import { newsSuite } from './testing/news.suite.ts'

feedSuite('SQLite', onSqlite())
newsSuite('SQLite', onSqlite())
feedFuzz('SQLite', onSqlite())
