import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, openSync, readFileSync, readSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { rest } from '../harness/rest.ts'
import { type Server, startServer, temporaryFolder } from '../harness/server.ts'
import { canMount, smallDisk } from '../harness/faults/small-disk.ts'

/** The log line of a request contains its path, so few requests fill the log. */
const longPath = `/${'x'.repeat(12_000)}`
/** Enough lines to overflow the queue together with a pipe or a small disk. */
const requests = 140

/** Makes all requests and expects every answer; a request that the log held up would run into the test's time limit. */
async function answersAll(server: Server): Promise<void> {
  for (let done = 0; done < requests; done += 20) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => rest(server.url, 'GET', longPath)))
    for (const { status } of answers) assert.equal(status, 404)
  }
}

async function metric(server: Server, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
}

/** Everything that is promised of a server whose log lines cannot be written. The server is stopped at the end. */
async function isUndisturbed(server: Server): Promise<void> {
  await answersAll(server)
  const before = await metric(server, 'process_resident_memory_bytes')
  const lost = await metric(server, 'parlor_log_dropped_total')
  assert.ok(lost > 0, 'lines were dropped and counted')
  await answersAll(server)
  assert.ok((await metric(server, 'parlor_log_dropped_total')) >= lost + requests / 2)
  const grown = (await metric(server, 'process_resident_memory_bytes')) - before
  assert.ok(grown < 64 << 20, `memory is steady: +${grown >> 20} MB`)
  await stopsInTime(server, 0)
}

async function stopsInTime(server: Server, ...statuses: (number | null)[]): Promise<void> {
  const began = performance.now()
  const status = await server.stop()
  assert.ok(statuses.includes(status), `status ${status}`)
  assert.ok(performance.now() - began < 3_000, 'the server does not wait for its log')
}

const isLinux = process.platform === 'linux'
const onlyLinux = isLinux ? false : 'needs Linux'

async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (!holds()) {
    assert.ok(performance.now() < giveUpAt, `waited for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

suite('a blocked stdout neither stops nor delays the server', { timeout: 120_000, concurrency: 2 }, () => {
  test('[LOG1, LOG2, LOG3] a full disk, and free space later', { skip: canMount }, async (t) => {
    await using folder = await temporaryFolder()
    using disk = smallDisk(folder.path, '64k')
    const file = join(folder.path, 'log')
    const stdout = openSync(file, 'a')
    t.after(() => closeSync(stdout))
    await using server = await startServer({ stdout })
    await answersAll(server)
    assert.ok((await metric(server, 'parlor_log_dropped_total')) > 0)
    disk.grow('64m')
    const lines = () => readFileSync(file, 'utf8').split('\n')
    await until(() => lines().some((line) => /"dropped":\d+/.test(line)), 'the line with the number of dropped lines')
    for (const line of lines().slice(0, -1)) assert.doesNotThrow(() => JSON.parse(line), line)
    await answersAll(server)
    await stopsInTime(server, 0)
  })

  test('[LOG1] /dev/full', { skip: existsSync('/dev/full') ? false : 'needs /dev/full' }, async (t) => {
    const stdout = openSync('/dev/full', 'w')
    t.after(() => closeSync(stdout))
    await using server = await startServer({ stdout })
    await isUndisturbed(server)
  })

  test('[LOG1] a socket without a reader', async () => {
    await using server = await startServer({ stdout: 'unread' })
    await isUndisturbed(server)
  })

  test('[LOG1, LOG3] a pipe whose reader stops, goes away and comes back', { skip: onlyLinux }, async (t) => {
    await using folder = await temporaryFolder()
    const fifo = join(folder.path, 'fifo')
    execFileSync('mkfifo', [fifo])
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
    const stdout = openSync(fifo, 'w')
    await using server = await startServer({ stdout })
    closeSync(stdout)
    await answersAll(server)
    assert.ok((await metric(server, 'parlor_log_dropped_total')) > 0)
    closeSync(reader)
    await answersAll(server)
    const again = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
    t.after(() => closeSync(again))
    let heard = ''
    await until(() => {
      heard += readWaiting(again)
      return /"dropped":\d+/.test(heard)
    }, 'the line with the number of dropped lines')
    await answersAll(server)
    await stopsInTime(server, 0)
  })

  test('[LOG1] a file that fails with EIO', { skip: onlyLinux }, async (t) => {
    // Nothing is mapped at address 0 of a process, so a write there fails with EIO.
    const stdout = openSync('/proc/self/mem', 'r+')
    t.after(() => closeSync(stdout))
    await using server = await startServer({ stdout })
    await isUndisturbed(server)
  })

  test('[LOG1] a file that may not grow further (ulimit -f)', { skip: onlyLinux }, async (t) => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'log')
    closeSync(openSync(file, 'w'))
    truncateSync(file, 64 << 20)
    const stdout = openSync(file, 'a')
    t.after(() => closeSync(stdout))
    const under = ['bash', '-c', `ulimit -f ${64 << 10}; exec "$@"`, 'bash']
    await using server = await startServer({ stdout, under })
    await isUndisturbed(server)
  })

  test('[LOG4] does not wait for a thread that hangs in a stopped terminal', {
    skip: noTerminal(),
  }, async () => {
    // The helper opens the other end of a terminal and never reads from it.
    const program = 'import os, sys; _, end = os.openpty(); print(os.ttyname(end), flush=True); sys.stdin.read()'
    const terminal = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      const [name] = await once(terminal.stdout, 'data')
      const stdout = openSync(String(name).trim(), constants.O_WRONLY | constants.O_NOCTTY)
      await using server = await startServer({ stdout })
      closeSync(stdout)
      await answersAll(server)
      assert.ok((await metric(server, 'parlor_log_dropped_total')) > 0)
      await stopsInTime(server, null)
    } finally {
      terminal.stdin.end()
    }
  })
})

function noTerminal(): string | false {
  if (!isLinux) return 'needs Linux'
  try {
    execFileSync('python3', ['-c', 'import os; os.openpty()'], { stdio: 'ignore' })
    return false
  } catch {
    return 'needs python3, which opens the terminal'
  }
}

function readWaiting(fd: number): string {
  const buffer = Buffer.alloc(64 << 10)
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return ''
    throw error
  }
}
