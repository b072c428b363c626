import { onPostgres } from '../harness/databases.ts'
import { followWithinASecond } from '../scenarios/follow-within-a-second.ts'

followWithinASecond(onPostgres, { servers: 2 })
