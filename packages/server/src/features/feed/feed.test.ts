import { onSqlite } from '../testing/world.ts'
import { feedSuite } from './testing/feed.suite.ts'

feedSuite('SQLite', onSqlite())
