import { onSqlite } from '../testing/world.ts'
import { idempotencyContract } from './testing/idempotency.suite.ts'

idempotencyContract('SQLite', onSqlite())
