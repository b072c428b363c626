import { onSqlite } from '../harness/databases.ts'
import { sdkRecovery } from '../scenarios/sdk-recovery.ts'

sdkRecovery(onSqlite)
