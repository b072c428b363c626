import { onSqlite } from '../testing/world.ts'
import { votesFuzzSuite } from './testing/votes-fuzz.suite.ts'

votesFuzzSuite('SQLite', onSqlite())
