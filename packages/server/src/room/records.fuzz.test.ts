import { sqliteBackend } from './engine-harness.ts'
import { recordsFuzz } from './records-fuzz-contract.ts'

recordsFuzz('SQLite', async () => sqliteBackend())
