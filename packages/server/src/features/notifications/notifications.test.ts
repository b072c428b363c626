import { onSqlite } from '../testing/world.ts'
import { notificationsSuite } from './testing/notifications.suite.ts'

notificationsSuite('SQLite', onSqlite())
