import { onSqlite } from '../testing/world.ts'
import { preferencesSuite } from './testing/preferences.suite.ts'

preferencesSuite('SQLite', onSqlite())
