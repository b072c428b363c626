import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('../../', import.meta.url))
const isOfTests = (file: string) => /\.(test|suite|bench)\.ts$/.test(file) || file.includes('testing/')
/** `--help` prints and exits. */
const mayWrite = new Set(['platform/log/output.ts', 'main.ts'])

test('[LOG5] no other code writes to stdout or stderr, or ends the process', () => {
  const files = globSync('**/*.ts', { cwd: sources })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !isOfTests(file) && !mayWrite.has(file))
  assert.ok(files.length > 100)
  const writing = files.filter((file) =>
    /\bconsole\.\w|\bprocess\.(stdout|stderr|emitWarning|abort)\b/.test(readFileSync(sources + file, 'utf8')),
  )
  assert.deepEqual(writing, [])
  const ending = files.filter((file) => /\bprocess\.(exit|kill)\b\(/.test(readFileSync(sources + file, 'utf8')))
  // The media child is a process of its own, which ends with its server.
  assert.deepEqual(ending.toSorted(), ['main/exit.ts', 'platform/media/child.ts'])
})
