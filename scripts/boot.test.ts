import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** A repository with boot.mjs, no packages and one program. */
function repository(t: TestContext, program: string): string {
  const root = fs.mkdtempSync(join(tmpdir(), 'parlor-boot-'))
  t.after(() => fs.rmSync(root, { recursive: true }))
  fs.mkdirSync(join(root, 'scripts'))
  fs.copyFileSync(fileURLToPath(new URL('boot.mjs', import.meta.url)), join(root, 'scripts', 'boot.mjs'))
  fs.writeFileSync(join(root, 'program.ts'), program)
  const name = { name: 'small', version: '1.0.0' }
  fs.writeFileSync(join(root, 'package.json'), JSON.stringify({ ...name, type: 'module' }))
  fs.writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ ...name, lockfileVersion: 3, requires: true, packages: { '': name } }),
  )
  return root
}

type Started = { child: ChildProcess; said: () => string; status: Promise<number | null> }

function boot(root: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [join(root, 'scripts', 'boot.mjs'), 'program.ts', ...args], { cwd: tmpdir() })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
  return { child, said: () => said, status: once(child, 'close').then(([status]) => status) }
}

const installing = /Installing the packages/g

test('a program gets its arguments, the root as its folder and its Node first on the PATH; its status is ours', async (t) => {
  const root = repository(
    t,
    `const first: string | undefined = process.env['PATH']?.split(${JSON.stringify(process.platform === 'win32' ? ';' : ':')})[0]
    console.log(JSON.stringify({ args: process.argv.slice(2), first, cwd: process.cwd() }))
    process.exitCode = 3`,
  )
  const first = boot(root, 'a', '--b')
  assert.equal(await first.status, 3, first.said())
  const line = first.said().trim().split('\n').at(-1) ?? ''
  assert.deepEqual(JSON.parse(line), {
    args: ['a', '--b'],
    first: dirname(process.execPath),
    cwd: fs.realpathSync(root),
  })
})

test('packages are installed once, again when the lockfile changed, and by one of two starts at a time', async (t) => {
  const root = repository(t, "console.log('ran')")
  const two = [boot(root), boot(root)]
  assert.deepEqual(await Promise.all(two.map(({ status }) => status)), [0, 0])
  const both = two.map(({ said }) => said()).join('')
  assert.equal(both.match(installing)?.length, 1, both)
  assert.equal(both.match(/ran/g)?.length, 2)

  const later = boot(root)
  await later.status
  assert.equal(later.said(), 'ran\n')

  fs.appendFileSync(join(root, 'package-lock.json'), '\n')
  const changed = boot(root)
  await changed.status
  assert.equal(changed.said().match(installing)?.length, 1)
  assert.deepEqual(fs.readdirSync(join(root, '.parlor')), [], 'no lock stays behind')
})

test('an installation that fails stops the start, and the next start tries again', async (t) => {
  const root = repository(t, "console.log('ran')")
  const manifest = join(root, 'package.json')
  const good = fs.readFileSync(manifest)
  fs.writeFileSync(
    manifest,
    JSON.stringify({ name: 'small', version: '1.0.0', dependencies: { other: 'file:not-locked' } }),
  )
  const failed = boot(root)
  assert.equal(await failed.status, 1)
  assert.match(failed.said(), /npm could not install/)
  assert.doesNotMatch(failed.said(), /ran/)
  fs.writeFileSync(manifest, good)
  assert.equal(await boot(root).status, 0)
})

test('a signal reaches the program, which decides how to end', { skip: process.platform === 'win32' }, async (t) => {
  const root = repository(
    t,
    `process.on('SIGTERM', () => { console.log('tidied'); process.exit(7) })
    setInterval(() => {}, 1000)
    console.log('up')`,
  )
  const started = boot(root)
  while (!started.said().includes('up')) await once(started.child.stdout ?? started.child, 'data')
  started.child.kill('SIGTERM')
  assert.equal(await started.status, 7)
  assert.match(started.said(), /tidied/)
})

test('a program that a signal ended answers 128 and its number', { skip: process.platform === 'win32' }, async (t) => {
  const started = boot(repository(t, "process.kill(process.pid, 'SIGKILL')"))
  assert.equal(await started.status, 137)
})
