import { onPostgres } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

// Those that reach the database: the others meet what stands before it, which attacks.test.ts asks beside SQLite.
attacksOn(onPostgres, ['join storm', 'burst of reads', 'floods of 10'])
