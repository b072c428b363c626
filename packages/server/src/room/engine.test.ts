import { commitContract } from './engine-commit-contract.ts'
import { sqliteBackend } from './engine-harness.ts'

const backend = async () => sqliteBackend()
commitContract('SQLite', backend)
