import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { startServer } from '../../../test/harness/server.ts'

const here = fileURLToPath(new URL('..', import.meta.url))

/** The console output that the examples claim, in order. */
const said = [
  /\d+/,
  /signed_out/,
  /Tea/,
  /0 of 13\n13 of 13\nrecipe\.txt/,
  /\{ a: 1, b: 0 \}/,
  /password_required.*live/s,
  /validation_error \{ name: /,
]

test('the examples of the README run and print what their comments say', { timeout: 60_000 }, async (t) => {
  const readme = await readFile(join(here, 'README.md'), 'utf8')
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
  assert.equal(examples.length, said.length)
  await using server = await startServer()
  // Inside the package folder, so that an example resolves `@parlor/client` like an application.
  const folder = await mkdtemp(join(here, '.examples-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const [n, code] of examples.entries()) {
    const file = join(folder, `example-${n}.ts`)
    await writeFile(file, `const url = '${server.url}'\n${code}`)
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      encoding: 'utf8',
      timeout: 15_000,
    })
    assert.equal(status, 0, `${code}\n${stderr}`)
    assert.match(stdout, said[n] ?? /never/)
  }
})
