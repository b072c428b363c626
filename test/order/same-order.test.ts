import { onSqlite } from '../harness/databases.ts'
import { sameOrder } from '../scenarios/same-order.ts'

sameOrder(onSqlite)
