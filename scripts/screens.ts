// Pictures of every page and state of the web app into screens/; with --write also the one that the README shows.
import { spawnSync } from 'node:child_process'

const env = { ...process.env, PARLOR_SCREENS: process.argv.includes('--write') ? 'write' : 'keep' }
const tests = ['--test', 'test/browser/appearance.browser.test.ts']
process.exitCode = spawnSync(process.execPath, tests, { stdio: 'inherit', env }).status ?? 1
