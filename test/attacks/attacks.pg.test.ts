import { onPostgres } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

attacksOn(onPostgres, [
  ...['snapshot of control characters', 'join storm', 'burst of reads', 'fresh guests'],
  ...['floods of 10', 'honest crowd'],
])
