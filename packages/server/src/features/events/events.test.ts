import { onSqlite } from '../testing/world.ts'
import { eventsSuite } from './testing/events.suite.ts'

eventsSuite('SQLite', onSqlite())
