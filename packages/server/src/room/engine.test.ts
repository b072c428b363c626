import { commitContract } from './engine-commit-contract.ts'
import { sqliteBackend } from './engine-harness.ts'
import { membersContract } from './engine-members-contract.ts'
import { recoveryContract } from './engine-recovery-contract.ts'

const backend = async () => sqliteBackend()
commitContract('SQLite', backend)
membersContract('SQLite', backend)
recoveryContract('SQLite', backend)
