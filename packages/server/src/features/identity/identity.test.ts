import { onSqlite } from '../features-harness.ts'
import { identityContract } from './identity-contract.ts'

identityContract('SQLite', onSqlite())
