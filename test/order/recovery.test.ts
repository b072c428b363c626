import { onSqlite } from '../harness/databases.ts'
import { recovery } from '../scenarios/recovery.ts'

recovery(onSqlite)
