import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { AppError } from '../../../core/error.ts'
import { again, done, elsewhere, newJob } from '../jobs.ts'
import { type Backend, does, rowsOf, startNode, statesOf, test as jobOf } from './nodes.ts'

/** The rules of jobs, on either database. */
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

    test('[JB13] timers follow the wall clock, whichever way it is set, and each runs once', async () => {
      const db = await backend.open()
      const type = jobOf('timer')
      const ran: string[] = []
      const node = await startNode(db, [does(type, (n) => void ran.push(`${n} at ${node.clock.now() - start}`))])
      const start = node.clock.now()
      for (const n of [1000, 2000, 60_000, 120_000, 180_000]) await node.put(newJob(type, { n }), { at: start + n })
      await node.pass(1000)
      assert.deepEqual(ran, ['1000 at 1000'])
      node.step(65_000)
      // It is found at the next look.
      await node.pass(500, 500)
      assert.deepEqual(ran.slice(1), ['2000 at 66500', '60000 at 66500'])
      node.step(-60_000)
      await node.pass(113_500, 5_000)
      assert.deepEqual(ran.slice(3), ['120000 at 120000'])
      node.step(-3_600_000)
      node.step(3_600_000)
      await node.pass(60_000, 5_000)
      assert.deepEqual(ran.slice(4), ['180000 at 180000'])
      assert.deepEqual(await statesOf(db), [])
      await node.close()
      await db.close()
    })

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

    test('[JB14] [JB13] a recurring job runs on one node at a time, again after a failure, and although the clock was set back', async () => {
      const db = await backend.open()
      const type = jobOf('hourly', { every_ms: 3_600_000, payload: jobOf('').payload.partial() as never })
      const at: number[] = []
      let fails = true
      const make = () =>
        startNode(db, [
          does(type, () => {
            at.push(one.clock.now() - start)
            if (fails) throw new Error('once')
          }),
        ])
      const one = await make()
      const start = one.clock.now()
      const two = await make()
      assert.equal((await statesOf(db)).length, 1)
      await one.pass(3_600_000, 60_000)
      assert.equal(at.length, 1)
      fails = false
      await one.pass(2_000)
      assert.equal(at.length, 2, 'it is tried again after a failure')
      one.step(-86_400_000)
      await one.pass(3_660_000, 60_000)
      assert.equal(at.length, 3, 'it waits no longer than its interval')
      await one.close()
      await two.close()
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
