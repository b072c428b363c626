import { sqliteBackend } from '../testing/engine.ts'
import { viewsFuzz } from '../testing/views-fuzz.suite.ts'

viewsFuzz('SQLite', async () => sqliteBackend())
