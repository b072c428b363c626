import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { permit } from '../../../core/testing/read-permit.ts'
import { codeOf, erase, noticed, patch, remove, say } from '../engine.ts'
import type { Catchup, LogEntry, Op } from '../../types.ts'
import { inOneRoom } from '../one-room.ts'

const notice = (text: string): Op => ({ op: 'append', type: noticed, body: () => ({ text }) })
const words = ({ events }: Pick<Catchup, 'events'>): unknown[] =>
  events.map(({ event: { body } }) => JSON.parse(body).word)

/** Rules RC, on either database. */
export function recoverySuite(name: string, backend: () => Promise<Backend>) {
  suite(`recovery on ${name}`, () => {
    const here = inOneRoom(backend)
    const { commit, catchUp, sayAll, pruneAll } = here

    test('[RC1] [RC3] a cursor gets everything newer, up to the answered seq', async () => {
      await here.enterNew()
      await sayAll(2, 5)
      await commit(patch('a', { x: 1 }))
      const some = await catchUp(3)
      assert.equal(some.recovered, true)
      assert.equal(some.seq, 6)
      assert.deepEqual(words(some), ['w4', 'w5'])
      const at = here.world.clock.now()
      assert.deepEqual(some.records, [{ type: 'test.state', key: 'a', seq: 6, v: 1, value: '{"x":1}', actor: 1, at }])
      const none = await catchUp(6)
      assert.deepEqual([none.recovered, none.events, none.records, none.seq], [true, [], [], 6])
      const all = await catchUp(0, null)
      assert.deepEqual([all.recovered, all.events.length], [true, 5])
    })

    test('[RC1] no cursor, one of another epoch, without an epoch, or beyond the end gets a snapshot', async () => {
      const cursors: [number | null, string | null][] = [
        [3, 'other'],
        [3, null],
        [0, 'other'],
        [7, here.room.epoch],
        [null, here.room.epoch],
        [null, null],
      ]
      for (const [after, epoch] of cursors) {
        const found = await catchUp(after, epoch)
        assert.equal(found.recovered, false, `${after} ${epoch}`)
        assert.deepEqual(words(found), ['w2', 'w3', 'w4', 'w5'])
        assert.equal(found.records.length, 1)
      }
    })

    test('[RC1] as many entries and bytes as the limits get the changes, more get a snapshot', async () => {
      await sayAll(7, 26)
      assert.equal((await catchUp(6)).recovered, true)
      assert.equal((await catchUp(5)).recovered, false)
      await commit(patch('b', { x: 'x'.repeat(2500) }))
      await commit(say('y'.repeat(2400)))
      assert.equal((await catchUp(26)).recovered, true)
      await commit(say('y'.repeat(100)))
      assert.equal((await catchUp(26)).recovered, false)
    })

    test('[RC2] a snapshot has the last 50 events of history, history_before, and records up to its bound in bytes', async () => {
      await here.enterNew()
      await sayAll(2, 51)
      const fits = await catchUp(null)
      assert.equal(words(fits).length, 50)
      assert.equal(fits.history_before, null)
      await commit(say('w52'), notice('not history'))
      const over = await catchUp(null)
      assert.deepEqual([words(over)[0], words(over).length, over.history_before], ['w3', 50, 3])
      assert.equal(over.more, null)
    })

    test('[RC2] records that do not fit come in pages, each once, without removed ones', async () => {
      const keys = Array.from({ length: 9 }, (_, index) => `k${index}`)
      for (const key of keys) await commit(patch(key, { text: 'x'.repeat(280) }))
      await commit(remove('k4'))
      const first = await catchUp(null)
      const found = first.records.map(({ key }) => key)
      assert.ok(found.length > 0 && found.length < 8)
      let cursor = first.more
      while (cursor !== null) {
        const page = await here.world.engine.statePage(permit, here.room.num, cursor)
        assert.equal(page.epoch, here.room.epoch)
        assert.equal(page.seq, first.seq)
        assert.ok(page.items.length > 0)
        found.push(...page.items.map(({ key }) => key))
        cursor = page.next_cursor
      }
      assert.deepEqual(
        found,
        keys.filter((key) => key !== 'k4'),
      )
      assert.equal(await codeOf(here.world.engine.statePage(permit, here.room.num, 'not a cursor')), 'validation_error')
    })

    test('[RC8] a snapshot is read once for each state of the room, and again after each change', async () => {
      await here.enterNew()
      await sayAll(2, 4)
      await commit(patch('a', { x: 1 }))
      const [first, again] = [await catchUp(null), await catchUp(null)]
      assert.equal(again.events, first.events)
      const isAnew = async () => {
        const now = await catchUp(null)
        assert.notEqual(now.events, first.events)
        return now
      }
      await commit(patch('a', { x: 2 }))
      assert.equal((await isAnew()).records[0]?.value, '{"x":2}')
      await commit(erase(3))
      assert.deepEqual(words(await isAnew()), ['w2', 'w4'])
      await commit(notice('gone soon'))
      const before = await catchUp(null)
      await pruneAll()
      const pruned = await catchUp(null)
      assert.ok(pruned.room.floor_seq > before.room.floor_seq)
      assert.notEqual(pruned.events, before.events)
    })

    test('[RC5] the membership is read in the same snapshot; a user who is no member has none', async () => {
      assert.equal(
        (await here.world.engine.catchUp(permit, here.room.num, 1, { after_seq: null, epoch: null })).member?.role,
        'host',
      )
      assert.equal(
        (await here.world.engine.catchUp(permit, here.room.num, 99, { after_seq: null, epoch: null })).member,
        null,
      )
      assert.equal(
        await codeOf(here.world.engine.catchUp(permit, 999_999, 1, { after_seq: null, epoch: null })),
        'not_found',
      )
    })

    test('the log is read in order and whole, or the answer says that it is not whole', async () => {
      await here.enterNew()
      await sayAll(2, 4)
      await commit(patch('a', { x: 1 }))
      await sayAll(6, 8)
      const whole = await here.world.engine.readLog(here.room.num, 1, 7)
      assert.deepEqual([whole.whole, whole.room.last_seq, whole.entries.map(seqOf)], [true, 8, [2, 3, 4, 5, 6, 7, 8]])
      const part = await here.world.engine.readLog(here.room.num, 1, 6)
      assert.deepEqual([part.whole, part.entries], [false, []])
    })
  })
}

const seqOf = (entry: LogEntry) => (entry.kind === 'event' ? entry.event.seq : entry.record.seq)
