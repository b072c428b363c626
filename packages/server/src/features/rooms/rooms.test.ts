import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { onSqlite } from '../features-harness.ts'
import { directoryContract } from './directory-contract.ts'
import { entryContract } from './entry-contract.ts'
import { hostingContract } from './hosting-contract.ts'
import { migrationContract } from './migration-contract.ts'
import { outsidersContract } from './outsiders-contract.ts'
import { ownersContract } from './owners-contract.ts'
import { peopleContract } from './people-contract.ts'
import { privacyContract } from './privacy-contract.ts'
import { roomsContract } from './rooms-contract.ts'
import { standInContract } from './stand-in-contract.ts'
import { waitingContract } from './waiting-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-rooms-'))
after(() => rmSync(folder, { recursive: true }))

roomsContract('SQLite', onSqlite())
directoryContract('SQLite', onSqlite())
privacyContract('SQLite', onSqlite())
entryContract('SQLite', onSqlite())
waitingContract('SQLite', onSqlite())
outsidersContract('SQLite', onSqlite())
peopleContract('SQLite', onSqlite())
hostingContract('SQLite', onSqlite())
ownersContract('SQLite', onSqlite())
standInContract('SQLite', onSqlite())
migrationContract('SQLite', async () => ({ kind: 'sqlite', file: join(folder, 'x.db') }))
