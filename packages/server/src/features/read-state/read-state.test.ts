import { onSqlite } from '../testing/world.ts'
import { readFuzz } from './testing/read-fuzz.suite.ts'
import { readStateSuite } from './testing/read-state.suite.ts'

readStateSuite('SQLite', onSqlite())
readFuzz('SQLite', onSqlite())
