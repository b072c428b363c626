import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const isTest = (path: string) => path.endsWith('.test.ts') || path.includes(`${sep}testing`)

/** The runtime dependencies, and the package with the types of both. */
const dependencies = ['engine.io-client', 'socket.io-parser', '@socket.io']

/** Compiled like a browser application: without Node's types. */
const options = { lib: ['es2024', 'dom', 'dom.iterable'], types: [], target: 'es2024', module: 'nodenext' }
const compilerOptions = { ...options, strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true }

test('[T2] the package compiles in a folder without the server', { timeout: 120_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-client-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const from = join(root, 'packages/client')
  await cp(from, join(folder, 'client'), {
    recursive: true,
    filter: (path) => !isTest(path.slice(from.length)) && !path.includes('.examples-'),
  })
  await mkdir(join(folder, 'node_modules'))
  for (const name of dependencies) await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['client/src/**/*.ts'] }))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  assert.equal(stdout, '')
  assert.equal(status, 0)
})
