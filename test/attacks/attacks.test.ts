import { onSqlite } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

attacksOn(onSqlite, ['honest crowd', 'crowd behind nginx'])
