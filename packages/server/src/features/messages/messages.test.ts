import { onSqlite } from '../testing/world.ts'
import { historySuite } from './testing/history.suite.ts'
import { inlineSuite } from './testing/inline.suite.ts'
import { messagesSuite } from './testing/messages.suite.ts'

messagesSuite('SQLite', onSqlite())
historySuite('SQLite', onSqlite())
inlineSuite('SQLite', onSqlite())
