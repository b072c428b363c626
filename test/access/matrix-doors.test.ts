import { onSqlite } from '../harness/databases.ts'
import { matrixOfDoors } from '../scenarios/matrix-doors.ts'

matrixOfDoors(onSqlite, { isWhole: true })
