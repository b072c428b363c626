import { onSqlite } from '../harness/databases.ts'
import { filesScenario } from '../scenarios/files.ts'

filesScenario(onSqlite)
