import { onPostgres } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

attacksOn(onPostgres, ['honest crowd', 'crowd behind nginx'])
