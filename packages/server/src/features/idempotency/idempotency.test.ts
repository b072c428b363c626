import { onSqlite } from '../features-harness.ts'
import { idempotencyContract } from './idempotency-contract.ts'

idempotencyContract('SQLite', onSqlite())
