import { onPostgres } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

attacksOn(onPostgres, ['join storm', 'stream storm', 'floods of 10', 'honest crowd'])
