import { onPostgres } from '../harness/databases.ts'
import { sameOrder } from '../scenarios/same-order.ts'

sameOrder(onPostgres)
