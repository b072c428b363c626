import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { done, newJob } from '../jobs.ts'
import type { Backend } from '../../db/testing/backends.ts'
import { does, startNode, statesOf, test as jobOf } from './nodes.ts'

/** What becomes of jobs, and who reads it, on either database. */
export function outcomesSuite(name: string, backend: Backend): void {
  describe(`outcomes of jobs on ${name}`, () => {
    after(() => backend.stop())

    test('[JB7] a job that throws is tried again, later each time, and ends as a dead letter', async () => {
      const db = await backend.open()
      const type = jobOf('poison', { attempts: 4, audience: 'user' })
      const at: number[] = []
      const node = await startNode(db, [
        does(type, () => {
          at.push(node.clock.now() - start)
          throw new Error('poison')
        }),
      ])
      const start = node.clock.now()
      const job = newJob(type, { n: 1 }, 7)
      await node.put(job)
      await node.pass(10_000, 500)
      assert.deepEqual(at, [0, 1000, 3000, 7000])
      assert.deepEqual(await statesOf(db), ['test.poison failed 3'])
      const view = await node.jobs.view(job.id)
      assert.deepEqual([view?.state, view?.error, view?.user], ['failed', 'Internal server error', 7])
      assert.deepEqual(
        [node.logged.filter((line) => line.startsWith('warn')).length, node.logged.at(-1)],
        [3, 'error: a job failed for good'],
      )
      await node.close()
      await db.close()
    })

    test('[JB15] [JB16] those who see a job read its progress and what became of it', async () => {
      const db = await backend.open()
      const type = jobOf('export', { audience: 'user' })
      const step = Promise.withResolvers<void>()
      const told: string[] = []
      const node = await startNode(db, [
        does(type, async (_n, { progress }) => {
          for (let each = 1; each <= 50; each += 1) progress(each, 100)
          await step.promise
          progress(100, 100)
          return done({ url: '/x' })
        }),
      ])
      node.jobs.follow(({ state, done: count, total }) => told.push(`${state} ${count}/${total}`))
      const job = newJob(type, { n: 1 }, 4)
      await node.put(job)
      await node.pass(250)
      assert.deepEqual(told, ['running 0/null', 'running 50/100'])
      step.resolve()
      await node.settled()
      assert.equal(told.at(-1), 'done 100/100')
      assert.ok(told.length <= 4, told.join())
      const view = await node.jobs.view(job.id)
      assert.deepEqual([view?.state, view?.done, view?.result], ['done', 100, '{"url":"/x"}'])
      await node.close()
      await db.close()
    })

    test('[JB15] [JB6] a job is cancelled while it waits and while it runs, and not when it has ended', async () => {
      const db = await backend.open()
      const type = jobOf('long', { audience: 'user' })
      const ran: string[] = []
      const node = await startNode(db, [
        does(type, async (n, { signal }) => {
          ran.push(`began ${n}`)
          if (n === 3) return done()
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          ran.push(`aborted ${n}`)
          return done({ url: '/late' })
        }),
      ])
      const [runs, waits, ended] = [1, 2, 3].map((n) => newJob(type, { n }, 4))
      assert.ok(runs && waits && ended)
      await node.put(waits, { at: node.clock.now() + 5000 })
      await node.put(runs)
      await node.put(ended)
      await node.pass(500)
      for (const job of [runs, waits]) assert.equal((await node.jobs.cancel(job.id))?.state, 'cancelled')
      assert.equal((await node.jobs.cancel(ended.id))?.state, 'done')
      await node.pass(6000)
      assert.deepEqual(ran.toSorted(), ['aborted 1', 'began 1', 'began 3'])
      assert.equal((await node.jobs.view(runs.id))?.result, null)
      await node.close()
      await db.close()
    })

    test('[JB7] [JB15] what became of jobs is kept for its time, and then deleted', async () => {
      const db = await backend.open()
      const [shown, dies] = [jobOf('shown', { audience: 'user' }), jobOf('dies', { attempts: 1 })]
      const node = await startNode(db, [
        does(shown, () => {}),
        does(dies, () => {
          throw new Error('it dies')
        }),
      ])
      await node.put(newJob(shown, { n: 1 }, 4))
      await node.put(newJob(dies, { n: 1 }))
      await node.pass(500)
      const days = async (count: number) => {
        node.step(count * 86_400_000)
        await node.pass(4_000_000, 1_000_000)
      }
      await days(6)
      assert.deepEqual(await statesOf(db), ['test.shown done 0', 'test.dies failed 0'])
      await days(1)
      assert.deepEqual(await statesOf(db), ['test.dies failed 0'])
      await days(23)
      assert.deepEqual(await statesOf(db), [])
      await node.close()
      await db.close()
    })
  })
}
