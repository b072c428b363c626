import { sqliteBackend } from '../db/testing/backends.ts'
import { jobsSuite } from './testing/jobs.suite.ts'
import { leasesSuite } from './testing/leases.suite.ts'
import { migrations } from './testing/nodes.ts'
import { outcomesSuite } from './testing/outcomes.suite.ts'
import { timersSuite } from './testing/timers.suite.ts'

jobsSuite('SQLite', sqliteBackend(migrations))
timersSuite('SQLite', sqliteBackend(migrations))
leasesSuite('SQLite', sqliteBackend(migrations))
outcomesSuite('SQLite', sqliteBackend(migrations))
