import { onSqlite } from '../harness/databases.ts'
import { wellFormed } from '../scenarios/well-formed.ts'

wellFormed(onSqlite)
