import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/open-database.ts'
import { lateCheckpoints } from '../db/testing/late-checkpoints.ts'
import { jobsSuite } from './testing/jobs.suite.ts'
import { leasesSuite } from './testing/leases.suite.ts'
import { type Backend, migrations } from './testing/nodes.ts'
import { outcomesSuite } from './testing/outcomes.suite.ts'
import { timersSuite } from './testing/timers.suite.ts'

function onSqlite(): Backend {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-jobs-'))
  let made = 0
  const onFailure = (error: Error) => {
    throw error
  }
  return {
    open: () =>
      openDatabase({
        target: { kind: 'sqlite', file: join(folder, `${++made}`, 'x.db') },
        ...{ migrations, onFailure, checkpoints: lateCheckpoints },
      }),
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

jobsSuite('SQLite', onSqlite())
timersSuite('SQLite', onSqlite())
leasesSuite('SQLite', onSqlite())
outcomesSuite('SQLite', onSqlite())
