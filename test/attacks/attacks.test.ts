import { onSqlite } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

attacksOn(onSqlite, [
  ...['snapshot of control characters', 'join storm', 'stream storm', 'handshakes by query'],
  ...['floods of 1', 'floods of 10', 'crowd behind nginx'],
])
