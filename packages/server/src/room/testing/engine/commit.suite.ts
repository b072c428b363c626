import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { newJob } from '../../../platform/jobs/jobs.ts'
import { call, codeOf, createRoom, erase, erased, mail, opinion, patch, refuse, remove, say, state } from '../engine.ts'
import { useWorld } from '../use-world.ts'
import type { JsonObject, Op } from '../../types.ts'

/** The rules of commits (C) on either database. */
export function commitSuite(name: string, backend: () => Promise<Backend>) {
  suite(`commit on ${name}`, () => {
    const world = useWorld(backend, { limits: { records: 5, recordsBytes: 1000, pendingCalls: 20 } })
    const rows = (sql: string) => world.db.all({ sql, parameters: [] })

    test('[C1] [C3] concurrent calls get gap-free seqs in order of arrival, and are published in that order', async () => {
      const room = await createRoom(world.engine)
      const published = world.batches.length
      const words = Array.from({ length: 20 }, (_, index) => `w${index}`)
      const done = await Promise.all(words.map((word) => world.engine.commit(call(room.id, [say(word)]))))
      assert.deepEqual(
        done.map(({ events }) => events[0]?.seq),
        words.map((_, index) => index + 2),
      )
      const batches = world.batches.slice(published)
      const entries = batches.flatMap((batch) => batch.entries)
      assert.equal(entries.length, 20)
      for (const { from, to, entries: own } of batches) assert.equal(to - from + 1, own.length)
      assert.equal((await world.engine.find(room.id))?.last_seq, 21)
    })

    test('[C1] a call resolves once it can be read, in the same turn in which it is published', async () => {
      const order: string[] = []
      const room = await createRoom(world.engine)
      const published = world.batches.length
      const done = world.engine.commit(call(room.id, [say('x')])).then(async (committed) => {
        order.push(`answered after ${world.batches.length - published} published`)
        return committed
      })
      const { events } = await done
      const page = await world.engine.readLog(room.num, 1, 10)
      assert.deepEqual(page.entries, [{ kind: 'event', event: events[0] }])
      // Both happen in one turn of the loop: the answer is a microtask, which runs after the batch was published.
      assert.deepEqual(order, ['answered after 1 published'])
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
          throw new Error('an exception in an op')
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
      assert.equal((await rows(`SELECT id FROM jobs`)).length, 0)
      assert.equal((await rows(`SELECT seq FROM said WHERE word = 'gone'`)).length, 0)
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
        const kept = await rows(`SELECT seq, word FROM said WHERE room = ${room.num} ORDER BY seq`)
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
      const kept = await rows(`SELECT word FROM last_said WHERE room = ${room.num}`)
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

    test('[C9] records that members cause leave half of the bounds to the others', async () => {
      const room = await createRoom(world.engine)
      const commit = (...ops: Op[]) => codeOf(world.engine.commit(call(room.id, ops)))
      const opine = (key: string, value: JsonObject): Op => ({ op: 'change', type: opinion, key, next: () => value })
      assert.equal(await commit(opine('1', { x: 1 }), opine('2', { x: 1 })), 'ok')
      assert.equal(await commit(opine('3', { x: 1 })), 'record_limit')
      assert.equal(await commit(opine('2', { x: 'other' })), 'ok')
      assert.equal(await commit(opine('2', { x: 'x'.repeat(500) })), 'record_limit')
      for (const key of ['a', 'b', 'c']) assert.equal(await commit(patch(key, { x: 1 })), 'ok')
      assert.equal(await commit(patch('d', { x: 1 })), 'record_limit')
      assert.equal(await commit(opine('2', { x: 'another' })), 'ok')
      // Those of all kinds count: there is no place for another one before three are gone.
      assert.equal(await commit(remove('a'), remove('b'), opine('3', { x: 1 })), 'record_limit')
      assert.equal(await commit(remove('a'), remove('b'), remove('c'), opine('2', { x: 1 })), 'ok')
      const gone: Op = { op: 'remove', type: opinion, key: '1' }
      assert.equal(await commit(gone, opine('3', { x: 1 })), 'ok')
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
      const afterwards = (actor: number, op: Op) =>
        codeOf(world.engine.commit(call(room.id, [op], { actor, after_close: true })))
      assert.equal(await afterwards(0, patch('kept', { x: 1 })), 'ok')
      assert.equal(await afterwards(1, patch('kept', { x: 2 })), 'room_closed')
      assert.equal(await afterwards(0, say('x')), 'room_closed')
      assert.equal(await world.engine.find('nowhere'), null)
    })
  })
}
