import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/open-database.ts'
import { lateCheckpoints } from '../db/testing/late-checkpoints.ts'
import { jobsSuite } from './testing/jobs.suite.ts'
import { migrations } from './testing/nodes.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-jobs-'))
let made = 0
const onFailure = (error: Error) => {
  throw error
}
jobsSuite('SQLite', {
  open: () =>
    openDatabase({
      target: { kind: 'sqlite', file: join(folder, `${++made}`, 'x.db') },
      ...{ migrations, onFailure, checkpoints: lateCheckpoints },
    }),
  stop: async () => rmSync(folder, { recursive: true }),
})
