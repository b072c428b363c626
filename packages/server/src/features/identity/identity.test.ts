import { onSqlite } from '../features-harness.ts'
import { accountsContract } from './accounts-contract.ts'
import { identityContract } from './identity-contract.ts'
import { sessionsContract } from './sessions-contract.ts'

identityContract('SQLite', onSqlite())
accountsContract('SQLite', onSqlite())
sessionsContract('SQLite', onSqlite())
