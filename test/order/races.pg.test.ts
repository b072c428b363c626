import { onPostgres } from '../harness/databases.ts'
import { races } from '../scenarios/races.ts'

races(onPostgres, { servers: 2 })
