import { onSqlite } from '../testing/world.ts'
import { callsContract } from './testing/calls.suite.ts'

callsContract('SQLite', onSqlite())
