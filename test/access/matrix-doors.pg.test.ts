import { onPostgres } from '../harness/databases.ts'
import { matrixOfDoors } from '../scenarios/matrix-doors.ts'

matrixOfDoors(onPostgres, { isWhole: false })
