import { runGroup } from './groups.ts'

await runGroup('features-on-postgres')
