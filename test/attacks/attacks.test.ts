import { onSqlite } from '../harness/databases.ts'
import { attacksOn } from './in-tests.ts'

attacksOn(onSqlite, [
  ...['snapshot of control characters', 'join storm', 'recovery storm', 'stream storm', 'signals to all'],
  'images to the lobby',
  ...[
    'handshakes by query',
    'polled packets',
    'documents',
    'fresh guests',
    'held bodies',
    'burst of reads',
    'crowd of sockets',
  ],
  ...['floods of 100', 'crowd beside a flood', 'crowd behind nginx'],
])
