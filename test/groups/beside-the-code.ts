import { runGroup } from './groups.ts'

await runGroup('beside-the-code')
