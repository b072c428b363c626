// A temporary PostgreSQL in a process of its own, which ends when its stdin ends: even if the program that started it is
// killed, the server stops and its folder is removed. Prints its URL when it accepts connections.
// Usage: node test/harness/postgres/server.ts [durable]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from '../free-port.ts'
import { findPostgres } from './binaries.ts'

// PostgreSQL refuses to run as root: then it runs as nobody.
const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const suffix = process.platform === 'win32' ? '.exe' : ''
const folder = fs.mkdtempSync(join(tmpdir(), 'parlor-postgres-'))
const data = join(folder, 'data')
const options = { ...owner, cwd: folder, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' } }
const gone = once(process.stdin.resume(), 'end')

async function main() {
  if (owner.uid) fs.chownSync(folder, owner.uid, owner.gid)
  const bin = join(await usableBinaries(), 'bin')
  initialize(join(bin, `initdb${suffix}`))
  const { server, port } = await start(join(bin, `postgres${suffix}`))
  console.log(`postgres://postgres@127.0.0.1:${port}/postgres`)
  const ended = once(server, 'exit')
  await Promise.race([gone, ended])
  // SIGINT is PostgreSQL's fast shutdown, which does not wait for clients.
  server.kill('SIGINT')
  const late = setTimeout(() => server.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(late)
}

/** The packaged binaries, copied if `owner` cannot run them in place (a clone in a home folder that others cannot read). */
async function usableBinaries(): Promise<string> {
  const packaged = findPostgres()
  const runs = (path: string) => spawnSync(join(path, 'bin', `postgres${suffix}`), ['--version'], options).status === 0
  if (!packaged || runs(packaged)) return packaged ?? ''
  const copied = join(folder, 'native')
  fs.cpSync(packaged, copied, { recursive: true, verbatimSymlinks: true })
  return copied
}

function initialize(initdb: string) {
  const args = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '--no-sync',
    '--no-instructions',
    '--encoding=UTF8',
    '--locale=C',
  ]
  const made = spawnSync(initdb, args, { ...options, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`)
}

/** Tries again if another process takes the port before PostgreSQL does. */
async function start(postgres: string): Promise<{ server: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const server = spawn(postgres, serverArguments(port), { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    for await (const chunk of server.stderr) {
      said += String(chunk)
      if (said.includes('ready to accept connections')) break
    }
    if (said.includes('ready to accept connections')) return { server, port }
    if (attempt === 3 || !said.includes('in use')) throw new Error(`PostgreSQL did not start: ${said}`)
  }
}

function serverArguments(port: number): string[] {
  const durable = process.argv[2] === 'durable'
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${process.platform === 'win32' ? '' : folder}`,
    'max_connections=200',
    'shared_buffers=32MB',
    'autovacuum_naptime=10min',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off']),
  ]
  return ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
}

// Ctrl-C in the terminal is meant for the program that started this one, which ends when that does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
try {
  await main()
} finally {
  fs.rmSync(resolve(folder), { recursive: true, force: true })
}
