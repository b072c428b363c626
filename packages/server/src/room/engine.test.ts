import { commitContract } from './testing/engine-commit.suite.ts'
import { sqliteBackend } from './testing/engine.ts'
import { membersContract } from './testing/engine-members.suite.ts'
import { recoveryContract } from './testing/engine-recovery.suite.ts'

const backend = async () => sqliteBackend()
commitContract('SQLite', backend)
membersContract('SQLite', backend)
recoveryContract('SQLite', backend)
