import { onPostgres } from '../harness/databases.ts'
import { sdkRecovery } from '../scenarios/sdk-recovery.ts'

sdkRecovery(onPostgres)
