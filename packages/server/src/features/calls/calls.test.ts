import { onSqlite } from '../features-harness.ts'
import { callsContract } from './calls-contract.ts'

callsContract('SQLite', onSqlite())
