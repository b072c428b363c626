import { sqliteBackend } from '../../platform/db/testing/backends.ts'
import { migrations } from '../testing/engine.ts'
import { viewsFuzz } from '../testing/views-fuzz.suite.ts'

viewsFuzz('SQLite', async () => sqliteBackend(migrations))
