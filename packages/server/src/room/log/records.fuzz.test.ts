import { sqliteBackend } from '../../platform/db/testing/backends.ts'
import { migrations } from '../testing/engine.ts'
import { recordsFuzz } from '../testing/records-fuzz.suite.ts'

recordsFuzz('SQLite', async () => sqliteBackend(migrations))
