import { sqliteBackend } from '../platform/db/testing/backends.ts'
import { commitSuite } from './testing/engine/commit.suite.ts'
import { migrations } from './testing/engine.ts'
import { idempotencySuite } from './testing/engine/idempotency.suite.ts'
import { commitJobsSuite } from './testing/engine/jobs.suite.ts'
import { membersSuite } from './testing/engine/members.suite.ts'
import { recordsSuite } from './testing/engine/records.suite.ts'
import { recoverySuite } from './testing/engine/recovery.suite.ts'
import { redactionSuite } from './testing/engine/redaction.suite.ts'
import { storedSuite } from './testing/engine/stored.suite.ts'
import { timersSuite } from './testing/engine/timers.suite.ts'

const backend = async () => sqliteBackend(migrations)
commitSuite('SQLite', backend)
idempotencySuite('SQLite', backend)
commitJobsSuite('SQLite', backend)
membersSuite('SQLite', backend)
recoverySuite('SQLite', backend)
recordsSuite('SQLite', backend)
redactionSuite('SQLite', backend)
storedSuite('SQLite', backend)
timersSuite('SQLite', backend)
