import { callOrderContract } from './testing/call-order.suite.ts'
import { onSqlite } from './testing/world.ts'

callOrderContract('SQLite', onSqlite())
