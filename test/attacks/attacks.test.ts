import { onSqlite } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

// `signals to all` and `held bodies` are in the full form alone: what a busy server still holds of them right after the
// attack is over their bound in one run of three.
attacksOn(onSqlite, [
  ...['snapshot of control characters', 'join storm', 'recovery storm', 'stream storm'],
  ...['handshakes by query', 'documents', 'fresh guests', 'burst of reads', 'crowd of sockets'],
  ...['floods of 1', 'floods of 10', 'floods of 100', 'crowd beside a flood', 'crowd behind nginx'],
])
