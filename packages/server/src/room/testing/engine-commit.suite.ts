import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { z } from 'zod'
import { defineJob, newJob } from '../../platform/jobs/jobs.ts'
import { turn } from '../../core/testing/manual-turn.ts'
import {
  type Backend,
  call,
  codeOf,
  createRoom,
  createWorld,
  erase,
  erased,
  patch,
  remove,
  say,
  state,
  type World,
} from './engine.ts'
import type { Op } from '../types.ts'

const rows = (world: World, sql: string) => world.db.all({ sql, parameters: [] })
const mail = defineJob({ name: 'test.mail', summary: 'A job of the tests.', payload: z.object({ to: z.string() }) })
const refuse: Op = { op: 'require', check: () => 'forbidden' }

/** Rules C, on either database. */
export function commitSuite(name: string, backend: () => Promise<Backend>) {
  suite(`commit on ${name}`, () => {
    let source: Backend
    let world: World
    before(async () => {
      source = await backend()
      world = createWorld(await source.open(), { limits: { records: 5, recordsBytes: 1000, pendingCalls: 20 } })
    })
    after(async () => {
      await world.close()
      await source.stop()
    })

    test('[C1] [C3] concurrent calls get gap-free seqs in order of arrival, and are published in that order', async () => {
      const room = await createRoom(world.engine)
      const told = world.batches.length
      const words = Array.from({ length: 20 }, (_, index) => `w${index}`)
      const done = await Promise.all(words.map((word) => world.engine.commit(call(room.id, [say(word)]))))
      assert.deepEqual(
        done.map(({ events }) => events[0]?.seq),
        words.map((_, index) => index + 2),
      )
      const batches = world.batches.slice(told)
      const entries = batches.flatMap((batch) => batch.entries)
      assert.equal(entries.length, 20)
      for (const { from, to, entries: own } of batches) assert.equal(to - from + 1, own.length)
      assert.equal((await world.engine.find(room.id))?.last_seq, 21)
    })

    test('[C1] answers a call when it can be read, and before it is published', async () => {
      const order: string[] = []
      const room = await createRoom(world.engine)
      const told = world.batches.length
      const done = world.engine.commit(call(room.id, [say('x')])).then(async (committed) => {
        order.push(`answered with ${world.batches.length - told} told`)
        return committed
      })
      const { events } = await done
      const page = await world.engine.readLog(room.num, 1, 10)
      assert.deepEqual(page.entries, [{ kind: 'event', event: events[0] }])
      // Both happen in one turn of the loop: the answer is a microtask, the telling comes before it runs.
      assert.deepEqual(order, ['answered with 1 told'])
    })

    test('[C2] a refused or throwing call stores nothing of its ops, and the other calls are stored', async () => {
      const room = await createRoom(world.engine)
      const every: Op[] = [
        say('gone'),
        patch('a', { x: 1 }),
        { op: 'admit', user: 9, role: 'member', capacity: null },
        { op: 'role', user: 1, role: 'member', by: null },
        { op: 'revise' },
        { op: 'expel', user: 1, by: null },
        erase(1),
        { op: 'enqueue', job: newJob(mail, { to: 'gone' }) },
        { op: 'schedule', job: newJob(mail, { to: 'gone' }), key: 'gone', at: 0 },
        { op: 'close' },
      ]
      const throws: Op = {
        op: 'append',
        type: erased,
        body: () => {
          throw new Error('a fault of ours')
        },
      }
      const answers = await Promise.all([
        codeOf(world.engine.commit(call(room.id, [say('one')]))),
        codeOf(world.engine.commit(call(room.id, [...every, refuse]))),
        codeOf(world.engine.commit(call(room.id, [...every, throws]))),
        codeOf(world.engine.commit(call(room.id, [say('two')]))),
      ])
      assert.deepEqual(answers, ['ok', 'forbidden', 'internal', 'ok'])
      const { entries } = await world.engine.readLog(room.num, 0, 100)
      assert.deepEqual(
        entries.map((entry) => (entry.kind === 'event' ? JSON.parse(entry.event.body).word : entry.kind)),
        [undefined, 'one', 'two'],
      )
      const found = await world.engine.find(room.id)
      assert.equal(found?.closed_at, null)
      assert.equal(found?.member_count, 1)
      assert.equal((await rows(world, `SELECT id FROM jobs`)).length, 0)
      assert.equal((await rows(world, `SELECT seq FROM said WHERE word = 'gone'`)).length, 0)
      assert.notEqual(await world.engine.member(room.num, 1), null)
      assert.equal(await world.engine.member(room.num, 9), null)
    })

    test('[C4] a call sees the effects of earlier calls in its batch', async () => {
      const room = await createRoom(world.engine)
      const seen: unknown[] = []
      const count: Op = {
        op: 'change',
        type: state,
        key: 'n',
        next(current, facts) {
          seen.push([current?.['n'] ?? 0, facts.seq, facts.room.last_seq])
          return { n: Number(current?.['n'] ?? 0) + 1 }
        },
      }
      await Promise.all([1, 2, 3].map(() => world.engine.commit(call(room.id, [count]))))
      assert.deepEqual(seen.slice(-3), [
        [0, 2, 1],
        [1, 3, 2],
        [2, 4, 3],
      ])
      const join: Op = { op: 'admit', user: 2, role: 'member', capacity: 2 }
      const third: Op = { op: 'admit', user: 3, role: 'member', capacity: 2 }
      const answers = await Promise.all(
        [join, join, third].map((op) => codeOf(world.engine.commit(call(room.id, [op])))),
      )
      assert.deepEqual(answers, ['ok', 'ok', 'room_full'])
      assert.equal((await world.engine.find(room.id))?.member_count, 2)
    })

    for (const [fault, word] of [
      ['a projector that throws', 'throws'],
      ['a projector whose SQL fails', null],
    ] as const) {
      test(`[C5] ${fault}: only the call that caused it is refused, the rest of the batch is stored`, async () => {
        const room = await createRoom(world.engine)
        const answers = await Promise.all(
          ['a', word, 'b'].map((each) => codeOf(world.engine.commit(call(room.id, [say(each)])))),
        )
        assert.deepEqual(answers, ['ok', 'internal', 'ok'])
        const kept = await rows(world, `SELECT seq, word FROM said WHERE room = ${room.num} ORDER BY seq`)
        assert.deepEqual(
          kept.map((row) => [row['seq'], row['word']]),
          [
            [2, 'a'],
            [3, 'b'],
          ],
        )
        assert.equal((await world.engine.find(room.id))?.last_seq, 3)
      })
    }

    test('[C13] the last of several writes of a projector to one row in a batch counts', async () => {
      const room = await createRoom(world.engine)
      const twice = world.engine.commit(call(room.id, [say('a'), say('b')]))
      await Promise.all([twice, world.engine.commit(call(room.id, [say('c')]))])
      assert.equal((await world.engine.find(room.id))?.last_seq, 4)
      const kept = await rows(world, `SELECT word FROM last_said WHERE room = ${room.num}`)
      assert.deepEqual(
        kept.map(({ word }) => word),
        ['c'],
      )
    })

    test('[C6] checks membership and conditions as of the position in the batch', async () => {
      const room = await createRoom(world.engine)
      const send = (actor: number) => call(room.id, [say('x')], { actor, members_only: true })
      const admit = call(room.id, [{ op: 'admit', user: 5, role: 'member', capacity: null }])
      const expel = call(room.id, [{ op: 'expel', user: 5, by: 'host' }])
      const answers = await Promise.all(
        [send(5), admit, send(5), expel, send(5)].map((each) => codeOf(world.engine.commit(each))),
      )
      assert.deepEqual(answers, ['not_a_member', 'ok', 'ok', 'ok', 'not_a_member'])
    })

    test('[C7] refuses a call beyond the bound on pending calls of its room, and not those of other rooms', async () => {
      const room = await createRoom(world.engine)
      const other = await createRoom(world.engine)
      const sent = Array.from({ length: 21 }, () => codeOf(world.engine.commit(call(room.id, [say('x')]))))
      sent.push(codeOf(world.engine.commit(call(other.id, [say('x')]))))
      const answers = await Promise.all(sent)
      assert.deepEqual(answers, [...Array(20).fill('ok'), 'room_busy', 'ok'])
      assert.equal(await codeOf(world.engine.commit(call(room.id, [say('again')]))), 'ok')
    })

    test("[C9] bodies and records over their limits are too_large, records beyond the room's record_limit", async () => {
      const room = await createRoom(world.engine)
      const tell = (text: string): Op => ({ op: 'append', type: erased, body: () => ({ text }) })
      const commit = (op: Op) => codeOf(world.engine.commit(call(room.id, [op])))
      assert.equal(await commit(tell('x'.repeat(131_072 - 11))), 'ok')
      assert.equal(await commit(tell('x'.repeat(131_072 - 10))), 'too_large')
      assert.equal(await commit(tell('é'.repeat(70_000))), 'too_large')
      assert.equal(await commit(patch('big', { x: 'x'.repeat(65_536) })), 'too_large')
      assert.equal(await commit(patch('big', { x: 'x'.repeat(1000) })), 'record_limit')
      for (const key of ['1', '2', '3', '4', '5']) assert.equal(await commit(patch(key, { x: 1 })), 'ok')
      assert.equal(await commit(patch('6', { x: 1 })), 'record_limit')
      assert.equal(await commit(patch('5', { x: 2 })), 'ok')
      assert.equal(await commit(remove('5')), 'ok')
      assert.equal(await commit(patch('6', { x: 1 })), 'ok')
    })

    test('[C10] refuses a call for an absent or closed room, and creating a room that exists', async () => {
      const room = await createRoom(world.engine)
      const commit = (id: string, ...ops: Op[]) => codeOf(world.engine.commit(call(id, ops)))
      const create: Op = { op: 'create', kind: 'chat', profile: {} }
      assert.equal(await commit('nowhere', say('x')), 'not_found')
      assert.equal(await commit('no\0where', say('x')), 'validation_error')
      assert.equal(await commit(room.id, create), 'room_exists')
      const twice = await Promise.all([commit('one-id', create), commit('one-id', create)])
      assert.deepEqual(twice, ['ok', 'room_exists'])
      assert.equal(await commit(room.id, { op: 'close' }), 'ok')
      assert.equal(await commit(room.id, say('x')), 'room_closed')
      assert.equal(await world.engine.find('nowhere'), null)
    })

    test('members are admitted once, listed in order of joining, and known by their rooms', async () => {
      const room = await createRoom(world.engine)
      for (const user of [70, 60, 50]) {
        world.clock.advance(1)
        const joined = await world.engine.commit(call(room.id, [{ op: 'admit', user, role: 'member', capacity: null }]))
        assert.equal(joined.events[0]?.type, 'room.memberJoined')
        assert.equal(joined.events[0]?.actor, user)
      }
      const page = await world.engine.members(turn, room.num, { after: null, limit: 3 })
      assert.deepEqual(
        page.items.map(({ user, role }) => [user, role]),
        [
          [1, 'host'],
          [70, 'member'],
          [60, 'member'],
        ],
      )
      const rest = await world.engine.members(turn, room.num, { after: page.next_cursor, limit: 3 })
      assert.deepEqual(
        rest.items.map(({ user }) => user),
        [50],
      )
      assert.equal(rest.next_cursor, null)
      assert.equal(await codeOf(world.engine.members(turn, room.num, { after: 'x', limit: 3 })), 'validation_error')
      const left = await world.engine.commit(call(room.id, [{ op: 'expel', user: 70, by: 'u1' }]))
      assert.deepEqual(JSON.parse(left.events[0]?.body ?? ''), { role: 'member', by: 'u1', reason: 'removed' })
      assert.deepEqual(await world.engine.roomsOf(70, 10), [])
      assert.deepEqual(
        (await world.engine.roomsOf(50, 10)).map(({ id }) => id),
        [room.id],
      )
      assert.deepEqual((await world.engine.tails([room.num, 999_999])).get(room.num), {
        last_seq: 5,
        epoch: room.epoch,
      })
    })

    test('[JB1] jobs are stored with what causes them, and with nothing that is refused', async () => {
      const room = await createRoom(world.engine)
      const [first, second] = [newJob(mail, { to: 'x' }, 4), newJob(mail, { to: 'y' })]
      await world.engine.commit(call(room.id, [{ op: 'enqueue', job: first, at: 7 }, say('a')]))
      assert.equal(
        await codeOf(world.engine.commit(call(room.id, [{ op: 'enqueue', job: second }, refuse]))),
        'forbidden',
      )
      const found = await rows(
        world,
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

    test('[JB2] a timer is replaced by its key, kept if it is sooner, and cancelled', async () => {
      const room = await createRoom(world.engine)
      const set = (to: string, at: number, keep = false): Op => ({
        ...{ op: 'schedule', job: newJob(mail, { to }), key: 'k', at, keep },
      })
      const timers = async () =>
        (await rows(world, `SELECT payload, due_at FROM jobs WHERE room = ${room.num}`)).map(
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

    test('[JB3] a call that settles a job passes once, and only while the run holds it', async () => {
      const room = await createRoom(world.engine)
      const set: Op = { op: 'schedule', job: newJob(mail, { to: 'x' }), key: 'k', at: 0 }
      const settle = (run: number): Op => ({ op: 'settle', run: { id: set.job.id, run, shown: false } })
      await world.engine.commit(call(room.id, [set]))
      const commit = (...ops: Op[]) => codeOf(world.engine.commit(call(room.id, ops)))
      assert.equal(await commit(say('no'), settle(1)), 'conflict')
      await rows(world, `UPDATE jobs SET run = 2, owner = 'w', due_at = NULL WHERE id = '${set.job.id}'`)
      assert.equal(await commit(say('no'), settle(1)), 'conflict')
      // Refused after it settled, so it has not.
      assert.equal(await commit(settle(2), refuse), 'forbidden')
      const answers = [commit(say('once'), settle(2)), commit(say('no'), settle(2))]
      assert.deepEqual(await Promise.all(answers), ['ok', 'conflict'])
      assert.equal(await commit(say('no'), settle(2)), 'conflict')
      assert.deepEqual(await rows(world, `SELECT id FROM jobs WHERE room = ${room.num}`), [])
      const { entries } = await world.engine.readLog(room.num, 1, 100)
      assert.deepEqual(
        entries.map((entry) => (entry.kind === 'event' ? entry.event.body : '')),
        ['{"word":"once"}'],
      )
    })

    test('[JB2] a timer that was asked for again while it ran waits again after it', async () => {
      const room = await createRoom(world.engine)
      const set: Op = { op: 'schedule', job: newJob(mail, { to: 'x' }), key: 'k', at: 0, keep: true }
      await world.engine.commit(call(room.id, [set]))
      await rows(world, `UPDATE jobs SET run = 1, owner = 'w', due_at = NULL WHERE id = '${set.job.id}'`)
      await world.engine.commit(call(room.id, [{ ...set, job: newJob(mail, { to: 'y' }), at: 30 }]))
      await world.engine.commit(call(room.id, [{ op: 'settle', run: { id: set.job.id, run: 1, shown: false } }]))
      const [again] = await rows(world, `SELECT id, owner, due_at, state FROM jobs WHERE room = ${room.num}`)
      assert.deepEqual({ ...again }, { id: set.job.id, owner: null, due_at: 30, state: 'waiting' })
    })
  })
}
