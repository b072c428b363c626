import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { newJob } from '../../../platform/jobs/jobs.ts'
import { call, codeOf, createRoom, mail, refuse, say } from '../engine.ts'
import { useWorld } from '../use-world.ts'
import type { Op } from '../../types.ts'

/** Jobs and timers that a commit stores, replaces, cancels and settles (platform rules JB1 to JB3), on either database. */
export function commitJobsSuite(name: string, backend: () => Promise<Backend>) {
  suite(`jobs of commits on ${name}`, () => {
    const world = useWorld(backend)
    const rows = (sql: string) => world.db.all({ sql, parameters: [] })

    test('[JB1] a job is stored with the commit that enqueues it, and not if that is refused', async () => {
      const room = await createRoom(world.engine)
      const [first, second] = [newJob(mail, { to: 'x' }, 4), newJob(mail, { to: 'y' })]
      await world.engine.commit(call(room.id, [{ op: 'enqueue', job: first, at: 7 }, say('a')]))
      assert.equal(
        await codeOf(world.engine.commit(call(room.id, [{ op: 'enqueue', job: second }, refuse]))),
        'forbidden',
      )
      const found = await rows(
        `SELECT id, name, v, payload, room, of_user, key, due_at FROM jobs WHERE room = ${room.num}`,
      )
      assert.deepEqual(
        found.map((row) => ({ ...row })),
        [
          {
            id: first.id,
            name: mail.name,
            v: 1,
            payload: '{"to":"x"}',
            room: room.num,
            of_user: 4,
            key: null,
            due_at: 7,
          },
        ],
      )
    })

    test('[JB2] setting a timer replaces the one with its key, unless the sooner one is to be kept; cancelling removes it', async () => {
      const room = await createRoom(world.engine)
      const set = (to: string, at: number, keep = false): Op => ({
        ...{ op: 'schedule', job: newJob(mail, { to }), key: 'k', at, keep },
      })
      const timers = async () =>
        (await rows(`SELECT payload, due_at FROM jobs WHERE room = ${room.num}`)).map(
          ({ payload, due_at }) => `${String(payload)} ${String(due_at)}`,
        )
      await world.engine.commit(call(room.id, [set('a', 50)]))
      assert.deepEqual(await timers(), ['{"to":"a"} 50'])
      await world.engine.commit(call(room.id, [set('b', 90)]))
      assert.deepEqual(await timers(), ['{"to":"b"} 90'])
      await world.engine.commit(call(room.id, [set('c', 95, true)]))
      assert.deepEqual(await timers(), ['{"to":"b"} 90'])
      await world.engine.commit(call(room.id, [set('d', 20, true)]))
      assert.deepEqual(await timers(), ['{"to":"b"} 20'])
      await Promise.all([
        world.engine.commit(call(room.id, [{ op: 'cancel', type: mail, key: 'k' }, set('e', 5)])),
        world.engine.commit(call(room.id, [set('f', 6)])),
      ])
      assert.deepEqual(await timers(), ['{"to":"f"} 6'])
      await world.engine.commit(call(room.id, [{ op: 'cancel', type: mail, key: 'other' }]))
      await world.engine.commit(call(room.id, [{ op: 'cancel', type: mail, key: 'k' }]))
      assert.deepEqual(await timers(), [])
    })

    test('[JB3] a call that settles a job succeeds once, and only for the run that has the job', async () => {
      const room = await createRoom(world.engine)
      const set: Op = { op: 'schedule', job: newJob(mail, { to: 'x' }), key: 'k', at: 0 }
      const settle = (run: number): Op => ({ op: 'settle', run: { id: set.job.id, run, shown: false } })
      await world.engine.commit(call(room.id, [set]))
      const commit = (...ops: Op[]) => codeOf(world.engine.commit(call(room.id, ops)))
      assert.equal(await commit(say('no'), settle(1)), 'conflict')
      await rows(`UPDATE jobs SET run = 2, owner = 'w', due_at = NULL WHERE id = '${set.job.id}'`)
      assert.equal(await commit(say('no'), settle(1)), 'conflict')
      // Refused as a whole, so the job is not settled.
      assert.equal(await commit(settle(2), refuse), 'forbidden')
      const answers = [commit(say('once'), settle(2)), commit(say('no'), settle(2))]
      assert.deepEqual(await Promise.all(answers), ['ok', 'conflict'])
      assert.equal(await commit(say('no'), settle(2)), 'conflict')
      assert.deepEqual(await rows(`SELECT id FROM jobs WHERE room = ${room.num}`), [])
      const { entries } = await world.engine.readLog(room.num, 1, 100)
      assert.deepEqual(
        entries.map((entry) => (entry.kind === 'event' ? entry.event.body : '')),
        ['{"word":"once"}'],
      )
    })

    test('[JB2] a timer that was set again while it ran waits for its new time', async () => {
      const room = await createRoom(world.engine)
      const set: Op = { op: 'schedule', job: newJob(mail, { to: 'x' }), key: 'k', at: 0, keep: true }
      await world.engine.commit(call(room.id, [set]))
      await rows(`UPDATE jobs SET run = 1, owner = 'w', due_at = NULL WHERE id = '${set.job.id}'`)
      await world.engine.commit(call(room.id, [{ ...set, job: newJob(mail, { to: 'y' }), at: 30 }]))
      await world.engine.commit(call(room.id, [{ op: 'settle', run: { id: set.job.id, run: 1, shown: false } }]))
      const [again] = await rows(`SELECT id, owner, due_at, state FROM jobs WHERE room = ${room.num}`)
      assert.deepEqual({ ...again }, { id: set.job.id, owner: null, due_at: 30, state: 'waiting' })
    })
  })
}
