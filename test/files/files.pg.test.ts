import { onPostgres } from '../harness/databases.ts'
import { filesScenario } from '../scenarios/files.ts'

filesScenario(onPostgres)
