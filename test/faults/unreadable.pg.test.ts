import { onPostgres } from '../harness/databases.ts'
import { unreadableRows } from '../scenarios/unreadable.ts'

unreadableRows(onPostgres)
