import { onSqlite } from '../features-harness.ts'
import { entryContract } from './entry-contract.ts'
import { hostingContract } from './hosting-contract.ts'
import { ownersContract } from './owners-contract.ts'
import { peopleContract } from './people-contract.ts'
import { privacyContract } from './privacy-contract.ts'
import { roomsContract } from './rooms-contract.ts'
import { waitingContract } from './waiting-contract.ts'

roomsContract('SQLite', onSqlite())
privacyContract('SQLite', onSqlite())
entryContract('SQLite', onSqlite())
waitingContract('SQLite', onSqlite())
peopleContract('SQLite', onSqlite())
hostingContract('SQLite', onSqlite())
ownersContract('SQLite', onSqlite())
