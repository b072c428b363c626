import { commitSuite } from './testing/engine-commit.suite.ts'
import { sqliteBackend } from './testing/engine.ts'
import { membersSuite } from './testing/engine-members.suite.ts'
import { recoverySuite } from './testing/engine-recovery.suite.ts'

const backend = async () => sqliteBackend()
commitSuite('SQLite', backend)
membersSuite('SQLite', backend)
recoverySuite('SQLite', backend)
