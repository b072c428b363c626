import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sqliteBackend } from '../../platform/db/testing/backends.ts'
import type { CheckpointLimits } from '../../platform/db/sqlite/checkpoint.ts'
import { call, codeOf, createRoom, createWorld, openSqliteAt, say, type World, migrations } from '../testing/engine.ts'

const program = fileURLToPath(new URL('../../platform/db/testing/foreign-reader.ts', import.meta.url))

/** Another process with a read transaction open on the file, until it is disposed. */
async function startReading(file: string): Promise<AsyncDisposable> {
  const child = spawn(process.execPath, [program, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}

const small: CheckpointLimits = { passiveAt: 100_000, restartAt: 1_000_000, lookEveryMs: 50, mayGrowTo: 2 ** 31 }

/** Calls that may wait at once: a machine that is held up for long would send all that is due together (rule C7). */
const mostWaiting = 250

/**
 * Commits `perSecond` messages for so long; the 90th percentile of their latency in ms. Whoever waits for a reader waits for
 * seconds, which holds up as many as may wait, a sixth of all; what another process holds up for a moment does not count.
 */
async function sendSteadily({ engine }: World, room_id: string, seconds: number, perSecond = 500): Promise<number> {
  const latencies: number[] = []
  const sent: Promise<unknown>[] = []
  const began = performance.now()
  for (let n = 0; n < seconds * perSecond; n++) {
    const due = began + (n * 1000) / perSecond
    if (performance.now() < due) await pause(due - performance.now())
    await sent[n - mostWaiting]
    const at = performance.now()
    sent.push(engine.commit(call(room_id, [say('x'.repeat(300))])).then(() => latencies.push(performance.now() - at)))
  }
  await Promise.all(sent)
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.9)] ?? 0
}

suite('the write-ahead log while another process reads the database file', () => {
  const source = sqliteBackend(migrations)
  after(() => source.stop())

  test('[DB1] a reader neither slows nor refuses commits, and the log restarts when the reader ends', async () => {
    const file = join(source.folder, 'read', 'x.db')
    const told: boolean[] = []
    const db = await openSqliteAt(file, undefined, small, { blocked: ({ isBlocked }) => told.push(isBlocked) })
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    const without = await sendSteadily(world, room.id, 3)
    const size = () => statSync(`${file}-wal`).size
    assert.ok(size() < 4_000_000, `${size()} bytes without a reader`)
    {
      await using _reader = await startReading(file)
      const during = await sendSteadily(world, room.id, 3)
      // On a quiet machine both are about one sync. Waiting for the reader took seconds.
      assert.ok(during < Math.max(2 * without, 250), `p90 ${during} ms with a reader, ${without} ms without`)
      assert.ok(size() > 4_000_000, `${size()} bytes with a reader`)
      assert.deepEqual(told, [true])
    }
    for (let tries = 0; size() > 4_000_000 && tries < 100; tries++) await sendSteadily(world, room.id, 0.1)
    assert.ok(size() < 4_000_000, `${size()} bytes after the reader`)
    assert.deepEqual(told, [true, false])
    await world.close()
  })

  test('[DB2] at its bound, refuses writes and reports it in health, and recovers when the reader ends', async () => {
    const file = join(source.folder, 'bound', 'x.db')
    const db = await openSqliteAt(file, undefined, { ...small, mayGrowTo: 3_000_000 })
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    const send = () => codeOf(world.engine.commit(call(room.id, [say('x'.repeat(2000))])))
    {
      await using _reader = await startReading(file)
      let answer = 'ok'
      for (let n = 0; answer === 'ok' && n < 5000; n++) answer = await send()
      assert.equal(answer, 'storage_unavailable')
      assert.equal(await db.alive(), false)
      const { size } = statSync(`${file}-wal`)
      assert.ok(size >= 3_000_000 && size < 4_000_000, `${size} bytes`)
    }
    let answer = await send()
    for (let tries = 0; answer !== 'ok' && tries < 200; tries++) {
      await pause(50)
      answer = await send()
    }
    assert.equal(answer, 'ok')
    assert.equal(await db.alive(), true)
    await world.close()
  })

  test('[DB1] [D3] refuses maintenance at once while a reader is open, and runs it afterwards', async () => {
    const file = join(source.folder, 'maintained', 'x.db')
    const db = await openSqliteAt(file)
    const world = createWorld(db)
    const room = await createRoom(world.engine)
    await world.engine.commit(call(room.id, [say('x')]))
    assert.ok(db.dialect === 'sqlite')
    {
      await using _reader = await startReading(file)
      await world.engine.commit(call(room.id, [say('y')]))
      const began = performance.now()
      await assert.rejects(db.maintain(), { code: 'storage_unavailable' })
      assert.ok(performance.now() - began < 2000)
      assert.equal(await codeOf(world.engine.commit(call(room.id, [say('z')]))), 'ok')
    }
    await db.maintain()
    assert.equal(await codeOf(world.engine.commit(call(room.id, [say('on')]))), 'ok')
    await world.close()
  })
})
