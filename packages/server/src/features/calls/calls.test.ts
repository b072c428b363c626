import { onSqlite } from '../testing/world.ts'
import { callsSuite } from './testing/calls.suite.ts'

callsSuite('SQLite', onSqlite())
