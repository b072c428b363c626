import { onSqlite } from '../testing/world.ts'
import { broadcastsSuite } from './testing/broadcasts.suite.ts'

broadcastsSuite('SQLite', onSqlite())
