import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { openDatabase } from '../db/open-database.ts'
import { jobsSuite } from './testing/jobs.suite.ts'
import { migrations } from './testing/nodes.ts'

if (!postgresMissing) {
  const server = sharedPostgres()
  jobsSuite('PostgreSQL', {
    async open() {
      const url = await (await server).createDatabase('jobs')
      return openDatabase({ target: { kind: 'postgres', url }, migrations, onFailure: () => undefined })
    },
    stop: async () => (await server).stop(),
  })
}
