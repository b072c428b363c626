import { onSqlite } from '../features-harness.ts'
import { messagesContract } from './messages-contract.ts'

messagesContract('SQLite', onSqlite())
