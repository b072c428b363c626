import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { again, elsewhere, newJob } from '../jobs.ts'
import type { Backend } from '../../db/testing/backends.ts'
import { does, rowsOf, startNode, statesOf, test as jobOf } from './nodes.ts'

/** Several workers and their leases: one dies, stops or hands a job back, on either database. */
export function leasesSuite(name: string, backend: Backend): void {
  describe(`leases of workers on ${name}`, () => {
    after(() => backend.stop())

    test('[JB5] [JB6] the jobs of a worker that died are run by another, and what it still says changes nothing', async () => {
      const db = await backend.open()
      const type = jobOf('lasting', { attempts: 3 })
      const resume = Promise.withResolvers<void>()
      const ran: string[] = []
      const dead = await startNode(db, [
        does(type, async () => {
          ran.push('dead')
          await resume.promise
          return again({ n: 5 }, 0)
        }),
      ])
      await dead.put(newJob(type, { n: 1 }))
      await dead.pass(1, 1)
      // Its clock stands still from here on.
      const other = await startNode(db, [does(type, (n, { failures }) => void ran.push(`other ${n} ${failures}`))])
      await other.pass(5000)
      assert.deepEqual(ran, ['dead'])
      other.step(-86_400_000)
      other.step(2 * 86_400_000)
      await other.pass(500)
      assert.deepEqual(ran, ['dead'], 'setting a clock ends no lease')
      other.step(-86_400_000)
      await other.pass(4500)
      assert.deepEqual(ran, ['dead', 'other 1 1'])
      resume.resolve()
      await dead.settled()
      assert.deepEqual(await statesOf(db), [])
      await other.close()
      await dead.close()
      await db.close()
    })

    test('[JB5] a worker that renews its lease keeps its jobs, however long they take', async () => {
      const db = await backend.open()
      const type = jobOf('long', { timeout_ms: 600_000 })
      const held = Promise.withResolvers<void>()
      const ran: string[] = []
      const [one, two] = [
        await startNode(db, [
          does(type, async () => {
            ran.push('one')
            await held.promise
          }),
        ]),
        await startNode(db, [does(type, () => void ran.push('two'))]),
      ]
      await one.put(newJob(type, { n: 1 }))
      await one.pass(1, 1)
      for (let second = 0; second < 30; second += 1) {
        await one.pass(1000, 1000)
        await two.pass(1000, 1000)
      }
      held.resolve()
      await one.settled()
      assert.deepEqual(ran, ['one'])
      assert.deepEqual(await statesOf(db), [])
      await one.close()
      await two.close()
      await db.close()
    })

    test('[JB7] a job whose workers always die is a dead letter in the end', async () => {
      const db = await backend.open()
      const type = jobOf('killer', { attempts: 2 })
      let begun = 0
      const kills = does(type, () => {
        begun += 1
        return new Promise<void>(() => {})
      })
      const nodes = [await startNode(db, [kills])]
      await nodes[0]?.put(newJob(type, { n: 1 }))
      for (let round = 0; round < 4; round += 1) {
        await nodes.at(-1)?.pass(1, 1)
        const next = await startNode(db, [kills])
        nodes.push(next)
        await next.pass(10_000)
      }
      assert.equal(begun, 2)
      assert.deepEqual(await statesOf(db), ['test.killer failed 2'])
      await db.close()
    })

    test('[JB11] a node that stops gives its jobs back, and they count as no failure', async () => {
      const db = await backend.open()
      const type = jobOf('given')
      const ran: string[] = []
      const one = await startNode(db, [
        does(type, (_n, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject))),
      ])
      await one.put(newJob(type, { n: 1 }))
      await one.pass(1, 1)
      await one.close()
      assert.deepEqual(await statesOf(db), ['test.given waiting 0'])
      const two = await startNode(db, [does(type, (n) => void ran.push(`two ${n}`))])
      await two.pass(1, 1)
      assert.deepEqual(ran, ['two 1'])
      assert.deepEqual(one.failures, [])
      await two.close()
      await db.close()
    })

    test('[JB12] a job that is handed back runs on another node, or is dropped when no node can do it', async () => {
      const db = await backend.open()
      const [local, nobodys] = [jobOf('local', { attempts: 9 }), jobOf('nobodys', { attempts: 3 })]
      const ran: string[] = []
      const here = (name: string) => [
        does(local, (n) => {
          ran.push(`${name} ${n}`)
          return name === 'two' ? undefined : elsewhere
        }),
        does(nobodys, () => elsewhere),
      ]
      const [one, two] = [await startNode(db, here('one')), await startNode(db, here('two'))]
      await one.put(newJob(local, { n: 1 }))
      await one.pass(1000)
      assert.deepEqual(ran, ['one 1'])
      await two.pass(500)
      assert.deepEqual(ran, ['one 1', 'two 1'])
      await one.put(newJob(nobodys, { n: 1 }))
      await one.pass(6000)
      assert.deepEqual(await statesOf(db), [])
      await one.close()
      await two.close()
      await db.close()
    })

    test('[JB5] two nodes run all jobs, and none twice', async () => {
      const db = await backend.open()
      const type = jobOf('each', { concurrency: 16 })
      const ran = new Map<number, number>()
      const counts = does(type, (n) => void ran.set(n, (ran.get(n) ?? 0) + 1))
      const [one, two] = [await startNode(db, [counts]), await startNode(db, [counts])]
      const nodes = [one, two]
      for (let n = 0; n < 200; n += 20) {
        const jobs = Array.from({ length: 20 }, (_, more) => newJob(type, { n: n + more }))
        await Promise.all(jobs.map((job, at) => (at % 2 === 0 ? one : two).jobs.enqueue(job)))
      }
      for (
        let turn = 0;
        turn < 40 && (await rowsOf(db, `SELECT id FROM jobs WHERE name = 'test.each'`)).length > 0;
        turn += 1
      )
        await Promise.all(nodes.map((node) => node.pass(250)))
      assert.equal(ran.size, 200)
      assert.deepEqual([...new Set(ran.values())], [1])
      for (const node of nodes) await node.close()
      await db.close()
    })
  })
}
