// Pictures of every page and state of the web app into screens/; with --write also the one that the README shows, and the
// contact sheets in docs/screens/.
import { spawnSync } from 'node:child_process'
import { writeContactSheets } from './contact-sheets.ts'

const write = process.argv.includes('--write')
const env = { ...process.env, PARLOR_SCREENS: write ? 'write' : 'keep' }
const tests = ['--test', 'test/browser/appearance.browser.test.ts']
process.exitCode = spawnSync(process.execPath, tests, { stdio: 'inherit', env }).status ?? 1
if (write && process.exitCode === 0) await writeContactSheets()
