import { onSqlite } from '../harness/databases.ts'
import { unreadableRows } from '../scenarios/unreadable.ts'

unreadableRows(onSqlite)
