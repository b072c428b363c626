import { onSqlite } from '../testing/world.ts'
import { messagesSuite } from './testing/messages.suite.ts'

messagesSuite('SQLite', onSqlite())
