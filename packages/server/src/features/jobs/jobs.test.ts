import { onSqlite } from '../testing/world.ts'
import { jobActionsSuite } from './testing/jobs.suite.ts'

jobActionsSuite('SQLite', onSqlite())
