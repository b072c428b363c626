import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sqliteBackend } from '../../platform/db/testing/backends.ts'
import {
  call,
  codeOf,
  createRoom,
  createTestClock,
  createWorld,
  erase,
  erased,
  noticed,
  openSqliteAt,
  say,
  migrations,
} from '../testing/engine.ts'
import type { Op } from '../types.ts'

const noProc = process.platform === 'linux' ? false : 'needs /proc'
const pragma = (sql: string) => [{ sql: `PRAGMA ${sql}`, parameters: [] }]

/** A file as another process sees it: to open and close it in this one would drop SQLite's locks. */
const bytesOf = (file: string): Buffer => execFileSync('cat', [file], { maxBuffer: 1 << 28 })

suite('the engine when SQLite fails, dies or forgets', () => {
  const source = sqliteBackend(migrations)
  after(() => source.stop())

  test('[C8] a full disk refuses the whole batch, stores nothing of it, and later commits work again', async () => {
    const db = await source.open()
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    const told = world.batches.length
    await db.write(pragma('max_page_count = 1'))
    const large = Array.from({ length: 10 }, (_, index) => call(room.id, [say('x'.repeat(9000), { index })]))
    const refused = await Promise.all(large.map((each) => codeOf(world.engine.commit(each))))
    assert.deepEqual(refused, Array(10).fill('storage_unavailable'))
    assert.equal(world.batches.length, told)
    assert.equal((await world.engine.find(room.id))?.last_seq, 1)
    await db.write(pragma('max_page_count = 1073741823'))
    const { events } = await world.engine.commit(call(room.id, [say('again')]))
    assert.equal(events[0]?.seq, 2)
    await world.close()
  })

  test('[C6] [C8] a failed transaction leaves no cached rows for later calls', async () => {
    const db = await source.open()
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    await db.write(pragma('max_page_count = 1'))
    const admit: Op = { op: 'admit', user: 2, role: 'member', capacity: null }
    const full = call(room.id, [admit, say('x'.repeat(90_000))], { actor: 2 })
    assert.equal(await codeOf(world.engine.commit(full)), 'storage_unavailable')
    await db.write(pragma('max_page_count = 1073741823'))
    const speak = () => codeOf(world.engine.commit(call(room.id, [say('hi')], { actor: 2, members_only: true })))
    assert.equal(await speak(), 'not_a_member')
    await world.engine.commit(call(room.id, [admit]))
    assert.equal(await speak(), 'ok')
    await world.engine.commit(call(room.id, [{ op: 'expel', user: 2, by: null }]))
    assert.equal(await speak(), 'not_a_member')
    await world.close()
  })

  test('[C6] [D4] commits after a pruning see what it wrote to the room', async () => {
    const world = createWorld(await source.open())
    const room = await createRoom(world.engine)
    const notice: Op = { op: 'append', type: noticed, body: () => ({}) }
    const { events } = await world.engine.commit(call(room.id, [notice]))
    world.clock.advance(2 * 3_600_000)
    assert.equal(await world.engine.prune(), 1)
    const { room: row } = await world.engine.commit(call(room.id, [say('behind')]))
    assert.equal(row.floor_seq, events[0]?.seq)
    assert.deepEqual(await world.engine.find(room.id), row)
    await world.close()
  })

  test('[I1] a repeated client_id does not split its batch', async () => {
    let now = 0
    // Each look at it is a millisecond: the first attempt uses all of its time.
    const clock = { ...createTestClock(), monotonic: () => ++now }
    const world = createWorld(await source.open(), { clock, limits: { batchMs: 5 } })
    const room = await createRoom(world.engine)
    const send = (client_id: string) => world.engine.commit(call(room.id, [say(client_id)], { client_id }))
    await send('a')
    const told = world.batches.length
    const answers = await Promise.all(['b', 'c', 'a', 'd', 'e'].map(send))
    assert.deepEqual(
      answers.map(({ replayed }) => replayed),
      [false, false, true, false, false],
    )
    assert.equal(world.batches.length - told, 1)
    await world.close()
  })

  test('[C1] [C8] after a failed sync, nothing is acknowledged, published or read', { skip: noProc }, async () => {
    const file = join(source.folder, 'sync-fails', 'x.db')
    const failures: Error[] = []
    const db = await openSqliteAt(file, (error) => failures.push(error))
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    const [descriptor, ...others] = ownDescriptorsOf(`${file}-wal`)
    assert.ok(descriptor !== undefined && others.length === 0)
    breakSync(descriptor)
    const told = world.batches.length
    assert.equal(await codeOf(world.engine.commit(call(room.id, [say('lost')]))), 'storage_unavailable')
    assert.equal(failures.length, 1)
    assert.equal(await codeOf(world.engine.commit(call(room.id, [say('lost')]))), 'storage_unavailable')
    assert.equal(await codeOf(world.engine.readLog(room.num, 0, 10)), 'storage_unavailable')
    assert.equal((await world.engine.find(room.id))?.last_seq, 1, 'what is on the disk')
    assert.equal(await db.alive(), false)
    assert.equal(world.batches.length, told)
    await world.engine.drain()
  })

  test('[D3] redacted bytes are in no file of the database after maintenance', async () => {
    const file = join(source.folder, 'redacted', 'x.db')
    const db = await openSqliteAt(file)
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    const secret = 'the-secret-that-must-go'
    for (let index = 0; index < 40; index++) {
      const body = { text: index % 2 === 0 ? `${secret} ${'x'.repeat(index * 200)}` : 'kept' }
      await world.engine.commit(call(room.id, [{ op: 'append', type: erased, body: () => body }]))
    }
    const found = () => ['', '-wal'].map((suffix) => bytesOf(`${file}${suffix}`).includes(secret))
    assert.ok(found().includes(true))
    for (let seq = 2; seq <= 41; seq += 2) await world.engine.commit(call(room.id, [erase(seq)]))
    assert.ok(db.dialect === 'sqlite')
    await db.maintain()
    assert.deepEqual(found(), [false, false])
    assert.equal((await world.engine.readLog(room.num, 0, 100)).entries.length, 41)
    assert.equal((await world.engine.commit(call(room.id, [say('on')]))).events[0]?.seq, 62)
    await world.close()
  })

  test('restarts the write-ahead log in the same file while commits go on', async () => {
    const file = join(source.folder, 'checkpoints', 'x.db')
    const limits = { passiveAt: 50_000, restartAt: 200_000, lookEveryMs: 0, mayGrowTo: 2 ** 31 }
    const db = await openSqliteAt(file, undefined, limits)
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    const inode = statSync(`${file}-wal`).ino
    const total = 4000
    const seqs: number[] = []
    const send = async () => {
      while (seqs.length < total) {
        seqs.push(0)
        const { events } = await world.engine.commit(call(room.id, [say('x'.repeat(300))]))
        seqs[(events[0]?.seq ?? 0) - 2] = events[0]?.seq ?? 0
      }
    }
    await Promise.all(Array.from({ length: 8 }, send))
    const wal = statSync(`${file}-wal`)
    assert.equal(wal.ino, inode)
    // Without restarts it would hold every page that was ever written: 19 MB.
    assert.ok(wal.size < 10_000_000, `${wal.size} bytes`)
    assert.ok(bytesOf(file).length > 1_000_000)
    assert.deepEqual(
      seqs,
      Array.from({ length: total }, (_, index) => index + 2),
    )
    assert.equal(await db.alive(), true)
    await world.close()
  })

  test('[C1] [C3] after kill -9 during commits, all acknowledged events are stored in order, and the lock is free', async () => {
    const file = join(source.folder, 'killed', 'x.db')
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../testing/killed-engine.ts', import.meta.url)), file],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const acknowledged = await killAfter(child, 300)
    const db = await openSqliteAt(file)
    const world = createWorld(db)
    const room = await world.engine.find('killed')
    assert.ok(room !== null)
    const { entries } = await world.engine.readLog(room.num, 0, 1_000_000)
    const words = entries.flatMap((entry) => (entry.kind === 'event' ? [JSON.parse(entry.event.body).word] : []))
    assert.equal(entries.length, room.last_seq)
    for (const { seq, word } of acknowledged) assert.equal(words[seq - 1], word)
    await world.close()
  })
})

async function killAfter(child: ChildProcess, lines: number): Promise<{ seq: number; word: string }[]> {
  assert.ok(child.stdout)
  const acknowledged: { seq: number; word: string }[] = []
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(JSON.parse(line))
    if (acknowledged.length === lines) child.kill('SIGKILL')
  }
  assert.deepEqual(await ended, [null, 'SIGKILL'])
  assert.ok(acknowledged.length >= lines)
  return acknowledged
}

/** The descriptors of a file that are our own: SQLite opens its own, in our worker too, without following links. */
function ownDescriptorsOf(file: string): number[] {
  const open = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))
      const isSqlites = (Number.parseInt(flags?.[1] ?? '0', 8) & constants.O_NOFOLLOW) !== 0
      return !isSqlites && readlinkSync(`/proc/self/fd/${fd}`) === file
    } catch {
      return false
    }
  })
  return open.map(Number)
}

/** Puts in a descriptor's place one whose sync fails; were it only closed, another file could come by its number. */
function breakSync(fd: number): void {
  closeSync(fd)
  const taken: number[] = []
  while (!taken.includes(fd)) taken.push(openSync('/dev/null', 'r'))
  for (const other of taken) if (other !== fd) closeSync(other)
}
