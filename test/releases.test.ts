import { onSqlite } from './harness/databases.ts'
import { earlierReleases } from './scenarios/releases.ts'

earlierReleases(onSqlite)
