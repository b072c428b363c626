import { onPostgres } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

// Only the attacks that reach the database: the others are stopped before it, which attacks.test.ts covers.
attacksOn(onPostgres, ['join storm', 'burst of reads', 'floods of 10'])
