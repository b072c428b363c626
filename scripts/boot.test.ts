import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
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

const boot = (root: string, ...args: string[]): Started => bootProgram(root, 'program.ts', ...args)

function bootProgram(root: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [join(root, 'scripts', 'boot.mjs'), ...args], { cwd: tmpdir() })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
  return { child, said: () => said, status: once(child, 'close').then(([status]) => status) }
}

const installing = /Installing the packages/g

test('runs a program with its arguments, in the root, with its Node first on PATH, and exits with its status', async (t) => {
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

test('installs packages once, again when the lockfile changed, and one start at a time', async (t) => {
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
  const locks = fs.readdirSync(join(root, '.parlor')).filter((name) => name !== 'compiled')
  assert.deepEqual(locks, [], 'no lock stays behind')
})

test('a failed installation stops the start, and the next start tries again', async (t) => {
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

test('passes signals to the program', { skip: process.platform === 'win32' }, async (t) => {
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

test('a program ends when npm, which started it, is killed', { skip: process.platform === 'win32' }, async (t) => {
  const root = repository(
    t,
    `import { writeFileSync } from 'node:fs'
    process.on('SIGTERM', () => { writeFileSync('tidied', ''); process.exit() })
    setInterval(() => {}, 1000)
    console.log('up')`,
  )
  const start = [join(root, 'scripts', 'boot.mjs'), 'program.ts']
  const npm = spawn(
    process.execPath,
    ['-e', `require('child_process').spawn(process.execPath, ${JSON.stringify(start)}, { stdio: 'inherit' })`],
    { cwd: root, env: { ...process.env, npm_lifecycle_event: 'start' }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  npm.stdout.on('data', (chunk) => (said += String(chunk)))
  while (!said.includes('up')) await once(npm.stdout, 'data')
  npm.kill('SIGKILL')
  // The pipe closes when the last who holds it has ended.
  await once(npm.stdout, 'close')
  assert.ok(fs.existsSync(join(root, 'tidied')))
})

test('exits with 128 and the number of the signal that ended the program', {
  skip: process.platform === 'win32',
}, async (t) => {
  const started = boot(repository(t, "process.kill(process.pid, 'SIGKILL')"))
  assert.equal(await started.status, 137)
})

test('a failed start exits even if its output is not read', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const root = repository(t, '')
  fs.rmSync(join(root, 'package-lock.json'))
  const fifo = join(root, 'fifo')
  execFileSync('mkfifo', [fifo])
  const end = fs.openSync(fifo, fs.constants.O_RDWR | fs.constants.O_NONBLOCK)
  t.after(() => fs.closeSync(end))
  assert.throws(() => {
    for (;;) fs.writeSync(end, 'x'.repeat(4096))
  }, /EAGAIN/)
  const child = spawn(process.execPath, [join(root, 'scripts', 'boot.mjs'), 'program.ts'], {
    stdio: ['ignore', 'ignore', end],
  })
  t.after(() => child.kill('SIGKILL'))
  const [status] = await once(child, 'exit')
  assert.equal(status, 1)
})

const server = 'packages/server/src/main.ts'

/**
 * The same with a server, a source of the web app and a build that tells what it built. The server needs a package of its
 * own, all else one more; both come from this folder, and the server says which are there.
 */
function repositoryWithWeb(t: TestContext): { root: string; source: string; build: string } {
  const root = repository(t, "console.log('ran')")
  const inRoot = (path: string, text: string) => {
    fs.mkdirSync(dirname(join(root, path)), { recursive: true })
    fs.writeFileSync(join(root, path), text)
    return join(root, path)
  }
  const manifest = (path: string, fields: object) => inRoot(`${path}/package.json`, JSON.stringify(fields))
  const served = {
    ...{ name: '@parlor/server', version: '1.0.0', type: 'module' },
    dependencies: { needed: 'file:../../made/needed' },
  }
  const web = { name: '@parlor/web', version: '1.0.0', type: 'module' }
  const tests = { devDependencies: { tried: 'file:made/tried' } }
  const small = { name: 'small', version: '1.0.0', type: 'module', workspaces: ['packages/server', 'packages/web'] }
  for (const name of ['needed', 'tried']) manifest(`made/${name}`, { name, version: '1.0.0' })
  manifest('packages/server', served)
  manifest('packages/web', web)
  manifest('.', { ...small, ...tests })
  const packages = {
    '': { ...small, ...tests },
    'packages/server': served,
    'packages/web': web,
    'made/needed': { version: '1.0.0' },
    'made/tried': { version: '1.0.0', dev: true },
    'node_modules/@parlor/server': { resolved: 'packages/server', link: true },
    'node_modules/@parlor/web': { resolved: 'packages/web', link: true },
    'node_modules/needed': { resolved: 'made/needed', link: true },
    'node_modules/tried': { resolved: 'made/tried', link: true },
  }
  const lock = { name: 'small', version: '1.0.0', lockfileVersion: 3, requires: true, packages }
  inRoot('package-lock.json', JSON.stringify(lock))
  inRoot(
    server,
    `import { existsSync } from 'node:fs'
    const there = ['needed', 'tried'].filter((name) => existsSync('node_modules/' + name))
    console.log('serves with ' + there.join(' and '))`,
  )
  inRoot('packages/client/client.ts', '')
  const source = inRoot('packages/web/src/main.tsx', 'first')
  const build = inRoot(
    'packages/web/build.ts',
    `import { mkdirSync, readFileSync } from 'node:fs'
    mkdirSync('packages/web/dist', { recursive: true })
    console.log('built ' + readFileSync('packages/web/src/main.tsx', 'utf8') + ' ' + process.env['NODE_ENV'])`,
  )
  return { root, source, build }
}

test('starts the server with production packages; development packages are installed once and stay', async (t) => {
  const { root } = repositoryWithWeb(t)
  const first = bootProgram(root, server)
  assert.equal(await first.status, 0, first.said())
  assert.match(first.said(), /serves with needed\n/)

  const made = () => fs.lstatSync(join(root, 'node_modules', 'needed')).birthtimeMs
  const before = made()
  const other = boot(root)
  assert.equal(await other.status, 0, other.said())
  assert.match(other.said(), /Installing the packages for development \(once\)/)
  assert.equal(made(), before, 'what a running server uses is not taken away and made anew')

  const later = [bootProgram(root, server), boot(root)]
  assert.deepEqual(await Promise.all(later.map(({ status }) => status)), [0, 0])
  assert.deepEqual(
    later.map(({ said }) => said()),
    ['serves with needed and tried\n', 'ran\n'],
  )
  assert.match(fs.readFileSync(join(root, 'package-lock.json'), 'utf8'), /made\/needed/)
})

test('builds the web app before the server starts, again when its sources changed, and once for two starts', async (t) => {
  const { root, source } = repositoryWithWeb(t)
  const two = [bootProgram(root, server), bootProgram(root, '--watch-preserve-output', server)]
  assert.deepEqual(await Promise.all(two.map(({ status }) => status)), [0, 0])
  const both = two.map(({ said }) => said()).join('')
  assert.equal(both.match(/built first production/g)?.length, 1, both)
  assert.equal(both.match(/serves with needed\n/g)?.length, 2, both)

  fs.writeFileSync(join(root, 'packages/web/src/main.test.ts'), 'a test is no part of it')
  const later = bootProgram(root, server)
  await later.status
  assert.equal(later.said(), 'serves with needed\n')

  fs.writeFileSync(source, 'second')
  const other = boot(root)
  await other.status
  assert.match(other.said(), /ran\n$/)
  assert.doesNotMatch(other.said(), /built/, 'a program that does not show it does not wait for it')
  const changed = bootProgram(root, server)
  await changed.status
  assert.equal(changed.said(), 'built second production\nserves with needed and tried\n')
})

test('a failed build of the web app stops the start, and the next start tries again', async (t) => {
  const { root, build } = repositoryWithWeb(t)
  const good = fs.readFileSync(build)
  fs.writeFileSync(build, 'process.exitCode = 1')
  const failed = bootProgram(root, server)
  assert.equal(await failed.status, 1)
  assert.match(failed.said(), /web app could not be built/)
  assert.doesNotMatch(failed.said(), /serves/)
  fs.writeFileSync(build, good)
  assert.equal(await bootProgram(root, server).status, 0)
})
