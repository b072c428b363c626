import { onSqlite } from '../harness/databases.ts'
import { matrixOfRoles } from '../scenarios/matrix-roles.ts'

matrixOfRoles(onSqlite, { isWhole: true })
