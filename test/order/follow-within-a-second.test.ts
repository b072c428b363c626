import { onSqlite } from '../harness/databases.ts'
import { followWithinASecond } from '../scenarios/follow-within-a-second.ts'

followWithinASecond(onSqlite, { servers: 1 })
