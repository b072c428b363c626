import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { newJob } from '../jobs.ts'
import type { Backend } from '../../db/testing/backends.ts'
import { does, startNode, statesOf, test as jobOf } from './nodes.ts'

/** Timers and recurring jobs against a clock that is set, on either database. */
export function timersSuite(name: string, backend: Backend): void {
  describe(`timers and recurring jobs on ${name}`, () => {
    after(() => backend.stop())

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
      // Those that are due together run side by side.
      assert.deepEqual(ran.slice(1).toSorted(), ['2000 at 66500', '60000 at 66500'])
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
  })
}
