import { onPostgres } from '../harness/databases.ts'
import { recovery } from '../scenarios/recovery.ts'

recovery(onPostgres)
