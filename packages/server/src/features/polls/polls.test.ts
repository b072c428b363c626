import { onSqlite } from '../testing/world.ts'
import { askingSuite } from './testing/asking.suite.ts'
import { endingSuite } from './testing/ending.suite.ts'
import { votingSuite } from './testing/voting.suite.ts'

askingSuite('SQLite', onSqlite())
votingSuite('SQLite', onSqlite())
endingSuite('SQLite', onSqlite())
