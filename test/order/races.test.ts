import { onSqlite } from '../harness/databases.ts'
import { races } from '../scenarios/races.ts'

races(onSqlite, { servers: 1 })
