import { onSqlite } from '../testing/world.ts'
import { uploadsSuite } from './testing/uploads.suite.ts'

uploadsSuite('SQLite', onSqlite())
