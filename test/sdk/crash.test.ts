import { onSqlite } from '../harness/databases.ts'
import { SdkMember } from '../harness/sdk.ts'
import { serverCrash } from '../scenarios/crash.ts'

serverCrash(onSqlite, (...where) => new SdkMember(...where), ' with the SDK')
