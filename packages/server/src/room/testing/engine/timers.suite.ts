import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { z } from 'zod'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { watchAsked } from '../../../features/testing/settled.ts'
import type { AnyDatabase } from '../../../platform/db/open-database.ts'
import { createJobs, defineJob, handle, jobMetrics, newJob } from '../../../platform/jobs/jobs.ts'
import { createMetrics } from '../../../platform/metrics/metrics.ts'
import { call, codeOf, createRoom, createWorld, say } from '../engine.ts'
import type { Op, RoomRow } from '../../types.ts'

const timer = defineJob({
  name: 'test.timer',
  summary: 'A timer of the tests.',
  payload: z.object({ room_id: z.string(), word: z.string() }),
})

type Node = Awaited<ReturnType<typeof startNode>>

/** An engine with a worker; each timer appends its word to its room. */
async function startNode(given: AnyDatabase, wrap = (db: AnyDatabase) => db, since?: number) {
  const { db: watched, settled } = watchAsked(given)
  const db = wrap(watched)
  const { clock, timers, advance } = manualTime(since)
  const failures: unknown[] = []
  const metrics = createMetrics(Object.values(jobMetrics))
  const queue = createJobs({
    ...{ db, clock, timers, metrics },
    log: { error() {}, warn() {} },
    unreadable() {},
    onFailure: (error) => void failures.push(error),
  })
  const { engine } = createWorld(db, { jobs: queue.commits })
  const handler = handle(timer, async ({ room_id, word }, { run }) => {
    await engine.commit(call(room_id, [say(word), { op: 'settle', run }]))
  })
  await Promise.race([queue.start([handler]), settled()])
  return {
    ...{ engine, failures, clock, settled },
    set: (room: RoomRow, word: string, at: number): Op => ({
      ...{ op: 'schedule', key: 'k', at, job: newJob(timer, { room_id: room.id, word }) },
    }),
    async pass(ms: number, step = 500) {
      for (let left = ms; left > 0; left -= step) {
        advance(step)
        await settled()
      }
    },
    async stop() {
      await queue.stop()
      await engine.drain()
      metrics.stop()
    },
  }
}

async function said({ engine }: Node, room: RoomRow): Promise<unknown[]> {
  const { entries } = await engine.readLog(room.num, 1, 100)
  return entries.map((entry) => (entry.kind === 'event' ? JSON.parse(entry.event.body).word : null))
}

/**
 * The database as a process sees it that is killed at its n-th call, before or after the database has done that call:
 * from then on nothing is done and nothing is answered.
 */
function dying(at: number, when: 'before' | 'after') {
  let calls = 0
  let isDead = false
  const never = new Promise<never>(() => {})
  const counted = new Set(['write', 'all', 'ask', 'durable', 'transaction'])
  const wrap = (db: AnyDatabase) => new Proxy(db, { get })
  function get(target: AnyDatabase, name: string | symbol): unknown {
    const found: unknown = Reflect.get(target, name)
    if (typeof found !== 'function') return found
    return (...args: unknown[]): unknown => {
      const isSync = target.dialect === 'sqlite' && (name === 'transaction' || name === 'read')
      if (!isDead && counted.has(String(name)) && ++calls === at) {
        isDead = true
        if (when === 'after') Promise.resolve(Reflect.apply(found, target, args)).catch(() => undefined)
      }
      if (!isDead) return Reflect.apply(found, target, args)
      if (isSync) throw new Error('The process was killed')
      return never
    }
  }
  return { wrap, isDead: () => isDead }
}

/** Timers of rooms (platform rules JB1 to JB6), on either database. */
export function timersSuite(name: string, backend: () => Promise<Backend>): void {
  suite(`timers of rooms on ${name}`, () => {
    let source: Backend
    let db: AnyDatabase
    before(async () => {
      source = await backend()
      db = await source.open()
    })
    after(async () => {
      await db.close()
      await source.stop()
    })

    test('[JB2] [JB3] a timer acts in its room once, when due; a replaced one at its new time, a cancelled one never', async () => {
      const node = await startNode(db)
      const start = node.clock.now()
      const rooms = [await createRoom(node.engine), await createRoom(node.engine), await createRoom(node.engine)]
      const [plain, moved, cancelled] = rooms
      assert.ok(plain && moved && cancelled)
      for (const room of rooms) await node.engine.commit(call(room.id, [node.set(room, 'first', start + 1000)]))
      await node.engine.commit(call(moved.id, [node.set(moved, 'second', start + 5000)]))
      await node.engine.commit(call(cancelled.id, [{ op: 'cancel', type: timer, key: 'k' }]))
      await node.pass(500)
      assert.deepEqual(await said(node, plain), [])
      await node.pass(500)
      assert.deepEqual(await Promise.all(rooms.map((room) => said(node, room))), [['first'], [], []])
      await node.pass(10_000)
      assert.deepEqual(await Promise.all(rooms.map((room) => said(node, room))), [['first'], ['second'], []])
      assert.deepEqual(node.failures, [])
      await node.stop()
    })

    for (const when of ['before', 'after'] as const)
      test(`[JB3] [JB5] if a node is killed ${when} any step of a timer, another node runs it, and it acts once in all`, async () => {
        const other = await startNode(db)
        let steps = 0
        for (let isDead = true; isDead; ) {
          steps += 1
          assert.ok(steps < 60, 'it is killed at every step')
          const room = await createRoom(other.engine)
          const due = other.clock.now() + 1_000
          await other.engine.commit(call(room.id, [other.set(room, 'word', due)]))
          const killed = dying(steps, when)
          const node = await startNode(db, killed.wrap, other.clock.now())
          await node.pass(1_500)
          isDead = killed.isDead()
          // Stopping makes calls too, at which it may be killed.
          if (!isDead) await Promise.race([node.stop(), node.settled()])
          await other.pass(14_000, 2_000)
          assert.deepEqual(await said(other, room), ['word'], `killed at step ${steps}`)
        }
        await other.stop()
        assert.ok(steps > 5, `only ${steps} steps`)
      })

    test('[JB3] a timer that is replaced has no effect, and the new one has', async () => {
      const node = await startNode(db)
      const room = await createRoom(node.engine)
      await node.engine.commit(call(room.id, [node.set(room, 'old', node.clock.now() + 60_000)]))
      const settle: Op = { op: 'settle', run: { id: 'another', run: 1, shown: false } }
      assert.equal(await codeOf(node.engine.commit(call(room.id, [say('x'), settle]))), 'conflict')
      await node.engine.commit(call(room.id, [node.set(room, 'new', node.clock.now())]))
      await node.pass(61_000)
      assert.deepEqual(await said(node, room), ['new'])
      await node.stop()
    })
  })
}
