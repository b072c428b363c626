import { onSqlite } from '../harness/databases.ts'
import { serverCrash } from '../scenarios/crash.ts'

serverCrash(onSqlite)
