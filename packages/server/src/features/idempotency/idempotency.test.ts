import { onSqlite } from '../testing/world.ts'
import { idempotencySuite } from './testing/idempotency.suite.ts'

idempotencySuite('SQLite', onSqlite())
