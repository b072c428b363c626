import { onSqlite } from '../testing/world.ts'
import { picturesSuite } from './testing/pictures.suite.ts'

picturesSuite('SQLite', onSqlite())
