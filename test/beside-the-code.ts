// Runs the test files that PARLOR_TEST_FILES names, one a line, in this process: scripts/test.ts says which and why.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

for (const file of (process.env['PARLOR_TEST_FILES'] ?? '').split('\n')) await import(pathToFileURL(resolve(file)).href)
