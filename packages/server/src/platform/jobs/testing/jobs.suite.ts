import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { AppError } from '../../../core/error.ts'
import { newJob } from '../jobs.ts'
import type { Backend } from '../../db/testing/backends.ts'
import { does, startNode, statesOf, test as jobOf } from './nodes.ts'

/** Storing and running jobs, on either database. */
export function jobsSuite(name: string, backend: Backend): void {
  describe(`jobs on ${name}`, () => {
    after(() => backend.stop())

    test('[JB1] [JB10] a job stored by a statement of another transaction exists with its cause, and runs', async () => {
      const db = await backend.open()
      const type = jobOf('one')
      const ran: number[] = []
      const node = await startNode(db, [does(type, (n) => void ran.push(n))])
      const cause = (id: number) => ({ sql: `INSERT INTO causes (id) VALUES (${id})`, parameters: [] })
      await db.write([cause(1), node.jobs.statement(newJob(type, { n: 1 }))])
      const twice = [cause(1), node.jobs.statement(newJob(type, { n: 2 }))]
      await assert.rejects(db.write(twice))
      const when = (id: number) => ({
        sql: `SELECT id FROM causes WHERE id = ${db.dialect === 'sqlite' ? '?' : '$1'}`,
        parameters: [id],
      })
      await db.write([
        node.jobs.statement(newJob(type, { n: 3 }), { when: when(1) }),
        node.jobs.statement(newJob(type, { n: 4 }), { when: when(9) }),
      ])
      // Nobody woke the worker: it looks by itself.
      await node.pass(500)
      await node.put(newJob(type, { n: 5 }))
      await node.pass(1, 1)
      assert.deepEqual(ran, [1, 3, 5])
      assert.deepEqual(await statesOf(db), [])
      await node.close()
      await db.close()
    })

    test('[JB4] a payload over 64 KiB is refused', async () => {
      const db = await backend.open()
      const node = await startNode(db, [])
      const job = { ...newJob(jobOf('large'), { n: 1 }), payload: { text: 'x'.repeat(65_536) } }
      await assert.rejects(node.put(job), { code: 'too_large' })
      await node.close()
      await db.close()
    })

    test('[JB8] what cannot be read is a dead letter at once, older payloads are upgraded, unknown types are left', async () => {
      const db = await backend.open()
      const ran: number[] = []
      const type = jobOf('read', { v: 2, upcast: ({ count }) => ({ n: count }) })
      const node = await startNode(db, [does(type, (n) => void ran.push(n))])
      const old = { ...newJob(type, { n: 0 }), type: { ...type, v: 1 }, payload: { count: 5 } }
      await node.put({ ...newJob(type, { n: 0 }), payload: { n: 'five' } })
      await node.put(old)
      await node.put(newJob(jobOf('newer'), { n: 1 }))
      await node.pass(1000)
      assert.deepEqual(ran, [5])
      assert.deepEqual(await statesOf(db), ['test.read failed 0', 'test.newer waiting 0'])
      assert.equal(node.unreadable.length, 1)
      await node.close()
      await db.close()
    })

    test('[JB9] a process runs so many of a type at once, and a long line of one type delays no other', async () => {
      const db = await backend.open()
      const [many, few] = [jobOf('many', { concurrency: 3 }), jobOf('few')]
      const held = Promise.withResolvers<void>()
      let running = 0
      const ran: string[] = []
      const node = await startNode(db, [
        does(many, async () => {
          running += 1
          await held.promise
        }),
        does(few, () => void ran.push('few')),
      ])
      for (let n = 0; n < 40; n += 1) await node.put(newJob(many, { n }))
      await node.pass(1000)
      assert.equal(running, 3)
      await node.put(newJob(few, { n: 1 }))
      await node.pass(500)
      assert.deepEqual(ran, ['few'])
      held.resolve()
      await node.pass(1000)
      assert.equal(running, 40)
      assert.deepEqual(await statesOf(db), [])
      await node.close()
      await db.close()
    })

    test('[JB9] types with long lines that fill a process do not delay another type', async () => {
      const db = await backend.open()
      const long = Array.from({ length: 9 }, (_, n) => jobOf(`long${n}`))
      const few = jobOf('few')
      const held = Promise.withResolvers<void>()
      const ran: number[] = []
      const waits = long.map((type) => does(type, () => held.promise))
      const node = await startNode(db, [...waits, does(few, (n) => void ran.push(n))])
      for (const type of long) await Promise.all(Array.from({ length: 10 }, (_, n) => node.put(newJob(type, { n }))))
      await node.pass(1000)
      for (const n of [1, 2]) await node.put(newJob(few, { n }))
      await node.pass(1000)
      assert.deepEqual(
        ran.toSorted((one, other) => one - other),
        [1, 2],
      )
      held.resolve()
      await node.pass(3000)
      assert.deepEqual(await statesOf(db), [])
      await node.close()
      await db.close()
    })

    test('[JB10] a database that is away for a minute is reported once, and no job fails by it', async () => {
      const db = await backend.open()
      let isAway = false
      const away = () => Promise.reject(new AppError('storage_unavailable'))
      const all: typeof db.all = (query) => (isAway ? away() : db.all(query))
      const type = jobOf('patient', { attempts: 1 })
      const ran: number[] = []
      const node = await startNode({ ...db, all }, [does(type, (n) => void ran.push(n))])
      await node.put(newJob(type, { n: 1 }), { at: node.clock.now() + 5000 })
      isAway = true
      await node.pass(60_000, 1000)
      assert.deepEqual([ran, node.failures.length], [[], 2], 'its worker and its lease')
      isAway = false
      await node.pass(1000)
      assert.deepEqual(ran, [1])
      assert.deepEqual(await statesOf(db), [])
      await node.close()
      await db.close()
    })

    test('[JB9] a job that takes too long is aborted, and has failed even if it does not end', async () => {
      const db = await backend.open()
      const [deaf, heeds] = [
        jobOf('deaf', { timeout_ms: 2000, attempts: 1 }),
        jobOf('heeds', { timeout_ms: 2000, attempts: 1 }),
      ]
      const aborted: string[] = []
      const node = await startNode(db, [
        does(deaf, (_n, { signal }) => {
          signal.addEventListener('abort', () => aborted.push('deaf'))
          return new Promise<void>(() => {})
        }),
        does(heeds, (_n, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject))),
      ])
      await node.put(newJob(deaf, { n: 1 }))
      await node.put(newJob(heeds, { n: 1 }))
      await node.pass(2500)
      assert.deepEqual(aborted, ['deaf'])
      assert.deepEqual(await statesOf(db), ['test.deaf running 0', 'test.heeds failed 0'])
      await node.pass(5000)
      assert.deepEqual(await statesOf(db), ['test.deaf failed 0', 'test.heeds failed 0'])
      await node.close()
      await db.close()
    })
  })
}
