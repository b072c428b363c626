import { onSqlite } from '../features-harness.ts'
import { roomsContract } from './rooms-contract.ts'

roomsContract('SQLite', onSqlite())
