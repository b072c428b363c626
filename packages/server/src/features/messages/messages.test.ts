import { onSqlite } from '../testing/world.ts'
import { messagesContract } from './testing/messages.suite.ts'

messagesContract('SQLite', onSqlite())
