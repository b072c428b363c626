import { sqliteBackend } from '../testing/engine.ts'
import { recordsFuzz } from '../testing/records-fuzz.suite.ts'

recordsFuzz('SQLite', async () => sqliteBackend())
