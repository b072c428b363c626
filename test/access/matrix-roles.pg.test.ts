import { onPostgres } from '../harness/databases.ts'
import { matrixOfRoles } from '../scenarios/matrix-roles.ts'

matrixOfRoles(onPostgres, { isWhole: false })
