import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createRoom, type Guest, readHistory, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer, temporaryFolder } from '../harness/server.ts'
import type { Failure, Message } from '../harness/wire.ts'

/** Sends one message; returns its id if it was acknowledged, the answer if it was refused, null without an answer. */
async function send(url: string, room_id: string, { token }: Guest, content: string) {
  const body = { room_id, type: 'text', content }
  const answer = await rest<Message & Failure>(url, 'POST', '/api/message', { token, body }).catch(() => null)
  return answer?.status === 201 ? answer.body.id : answer
}

async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<number> {
  const began = performance.now()
  while (!(await holds())) {
    if (performance.now() - began > ms) assert.fail(`${what}: not within ${ms} ms`)
    await pause(20)
  }
  return performance.now() - began
}

const statusOf = async (url: string, path: string) => (await rest(url, 'GET', path)).status
const probes = ['/api/health', '/api/ready']

async function sameState(url: string, status: number): Promise<boolean> {
  const found = await Promise.all(probes.map((path) => statusOf(url, path)))
  return found.every((each) => each === status)
}

/** Sends until the server ends; returns the acknowledged ids and the time of the last one. */
async function sendUntilItEnds(server: Server, room_id: string, ann: Guest) {
  const ids: string[] = []
  let lastAt = 0
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let n = 0; server.isRunning(); n++) {
      const answer = await send(server.url, room_id, ann, `${lane}-${n}`)
      if (typeof answer !== 'string') continue
      ids.push(answer)
      lastAt = performance.now()
    }
  })
  return { ids, lastAt: () => lastAt, ended: Promise.all(lanes) }
}

suite('a database file that is removed while the server runs', { skip: process.platform === 'win32' }, () => {
  test('[DB3] after rm parlor.db-wal, nothing is acknowledged that is not stored, and the process ends', async () => {
    await using folder = await temporaryFolder()
    await using server = await startServer({ dataDir: folder.path })
    const ann = await signInGuest(server.url, 'Ann')
    const { id: room_id } = await createRoom(server.url, ann)
    const sending = await sendUntilItEnds(server, room_id, ann)
    await until(() => sending.ids.length > 200, 'messages')
    rmSync(join(folder.path, 'parlor.db-wal'))
    const removedAt = performance.now()
    await until(() => !server.isRunning(), 'the end of the server')
    await sending.ended
    assert.ok(sending.lastAt() - removedAt < 1000, `acknowledged ${sending.lastAt() - removedAt} ms later`)
    assert.ok(server.log.items.some(({ level, err }) => level === 'fatal' && JSON.stringify(err).includes('db-wal')))

    await server.start()
    const stored = new Set((await readHistory<Message>(server.url, room_id)).map(({ id }) => id))
    assert.deepEqual(
      sending.ids.filter((id) => !stored.has(id)),
      [],
    )
  })

  test('[DB3] notices within a second that the file was removed, replaced or moved, without a write', async () => {
    await using outer = await temporaryFolder()
    const cases = [
      ['database', (folder) => rmSync(join(folder, 'parlor.db'))],
      ['index', (folder) => rmSync(join(folder, 'parlor.db-shm'))],
      ['folder', (folder) => renameSync(folder, `${folder}-moved`)],
      [
        'another',
        (folder) => {
          writeFileSync(join(folder, 'other.db'), '')
          renameSync(join(folder, 'other.db'), join(folder, 'parlor.db'))
        },
      ],
    ] satisfies [string, (folder: string) => void][]
    await Promise.all(
      cases.map(async ([name, take]) => {
        const dataDir = join(outer.path, name)
        mkdirSync(dataDir)
        const server = await startServer({ dataDir })
        const ann = await signInGuest(server.url, 'Ann')
        const { id: room_id } = await createRoom(server.url, ann)
        take(dataDir)
        const took = await until(() => !server.isRunning(), `${name}: the end of the server`)
        assert.ok(took < 4000, `${name}: ${took} ms`)
        assert.equal(await send(server.url, room_id, ann, 'lost'), null)
      }),
    )
  })
})

/** Mounts a disk of `bytes`; null without the right to mount one. */
function smallDisk(path: string, bytes: number): Disposable | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return null
  }
  return { [Symbol.dispose]: () => void execFileSync('umount', ['-l', path]) }
}

suite('health while nothing can be stored', () => {
  test('[DB4] health reports a full disk within a second of the first refusal, and recovers', async (t) => {
    await using folder = await temporaryFolder()
    using disk = smallDisk(folder.path, 8 << 20)
    if (disk === null) return t.skip('needs the right to mount a disk')
    await using server = await startServer({ dataDir: folder.path })
    const { url } = server
    const ann = await signInGuest(url, 'Ann')
    const { id: room_id } = await createRoom(url, ann)
    assert.ok(await sameState(url, 200))
    fill(join(folder.path, 'filler'))
    const large = 'x'.repeat(15_000)
    const refused = await send(url, room_id, ann, large)
    assert.ok(refused !== null && typeof refused !== 'string')
    const { status, body, headers } = refused
    assert.deepEqual([status, body.code, body.retry], [503, 'storage_unavailable', 'later'])
    assert.equal(headers.get('retry-after'), '2')
    assert.ok((await until(() => sameState(url, 503), 'health says so')) < 1500)
    for (let n = 0; n < 5; n++) {
      assert.ok(await sameState(url, 503), 'it stays so while nothing has changed')
      await pause(300)
    }
    rmSync(join(folder.path, 'filler'))
    await until(() => sameState(url, 200), 'health recovers without a message', 6000)
    assert.equal(typeof (await send(url, room_id, ann, large)), 'string')
    await server.kill()
  })

  test('[DB4] [DB5] health reports a database locked by another process, and reads are answered meanwhile', async () => {
    await using server = await startServer()
    const { url, dataDir } = server
    const ann = await signInGuest(url, 'Ann')
    const { id: room_id } = await createRoom(url, ann)
    const program = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
      db.exec('BEGIN IMMEDIATE'); console.log('locked'); process.stdin.on('end', () => process.exit(0)).resume()`
    const child = spawn(process.execPath, ['-e', program, join(dataDir, 'parlor.db')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(url, room_id, ann, `${n}`)))
    for (const answer of answers) {
      assert.ok(answer !== null && typeof answer !== 'string')
      assert.deepEqual([answer.status, answer.body.code, answer.body.retry], [503, 'storage_unavailable', 'later'])
    }
    assert.ok((await until(() => sameState(url, 503), 'health says so')) < 1500)
    assert.equal(await statusOf(url, `/api/rooms/${room_id}/messages`), 200)
    child.stdin.end()
    await ended
    await until(() => sameState(url, 200), 'health recovers', 6000)
    assert.equal(typeof (await send(url, room_id, ann, 'again')), 'string')
  })
})

/** Fills the rest of the disk. */
function fill(path: string): void {
  for (const bytes of [1 << 16, 4096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' })
    } catch {
      // The disk has no room for another block of this size.
    }
  }
}
