import { sqliteBackend } from '../../platform/db/testing/backends.ts'
import { migrations } from '../testing/engine.ts'
import { recordsFuzz } from '../testing/engine/records-fuzz.suite.ts'

recordsFuzz('SQLite', async () => sqliteBackend(migrations))
