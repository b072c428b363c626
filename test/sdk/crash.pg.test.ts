import { onPostgres } from '../harness/databases.ts'
import { SdkMember } from '../harness/sdk.ts'
import { serverCrash } from '../scenarios/crash.ts'

serverCrash(onPostgres, (...where) => new SdkMember(...where), ' with the SDK')
