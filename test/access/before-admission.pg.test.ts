import { onPostgres } from '../harness/databases.ts'
import { beforeAdmission } from '../scenarios/before-admission.ts'

beforeAdmission(onPostgres)
