import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { AppError } from '../../core/error.ts'
import { turn } from '../../core/testing/manual-turn.ts'
import {
  type Backend,
  call,
  codeOf,
  createRoom,
  createWorld,
  erase,
  noticed,
  patch,
  remove,
  rephrase,
  say,
  state,
  type World,
} from './engine.ts'
import type { Catchup, LogEntry, Op, RoomRow } from '../types.ts'

const notice = (text: string): Op => ({ op: 'append', type: noticed, body: () => ({ text }) })
const words = ({ events }: Pick<Catchup, 'events'>): unknown[] =>
  events.map(({ event: { body } }) => JSON.parse(body).word)
const HOUR = 3_600_000
const MONTH = 31 * 86_400_000

/** Rules RC, R and D, on either database. */
export function recoverySuite(name: string, backend: () => Promise<Backend>) {
  suite(`recovery on ${name}`, () => {
    let source: Backend
    let world: World
    let room: RoomRow
    const commit = (...ops: Op[]) => world.engine.commit(call(room.id, ops))
    const catchUp = (after_seq: number | null, epoch: string | null = room.epoch) =>
      world.engine.catchUp(turn, room.num, 1, { after_seq, epoch })
    const sayAll = async (from: number, to: number) => {
      for (let at = from; at <= to; at++) await commit(say(`w${at}`))
    }
    const logOf = async (after: number) => (await world.engine.readLog(room.num, after, 1000)).entries

    /** So that a test counts what it made itself. */
    const pruneAll = async () => {
      world.clock.advance(MONTH)
      await world.engine.prune()
    }

    before(async () => {
      source = await backend()
      const limits = { changes: 20, changesBytes: 5000, snapshotBytes: 1000, tombstones: 3 }
      world = createWorld(await source.open(), { limits })
    })
    after(async () => {
      await world.close()
      await source.stop()
    })

    test('[RC1] [RC3] a cursor is served what is newer, up to the seq that is answered', async () => {
      room = await createRoom(world.engine)
      await sayAll(2, 5)
      await commit(patch('a', { x: 1 }))
      const some = await catchUp(3)
      assert.equal(some.recovered, true)
      assert.equal(some.seq, 6)
      assert.deepEqual(words(some), ['w4', 'w5'])
      const at = world.clock.now()
      assert.deepEqual(some.records, [{ type: 'test.state', key: 'a', seq: 6, value: '{"x":1}', actor: 1, at }])
      const none = await catchUp(6)
      assert.deepEqual([none.recovered, none.events, none.records, none.seq], [true, [], [], 6])
      const all = await catchUp(0, null)
      assert.deepEqual([all.recovered, all.events.length], [true, 5])
    })

    test('[RC1] a cursor of another epoch, of none, beyond the end, or none at all gets a snapshot', async () => {
      const cursors: [number | null, string | null][] = [
        [3, 'other'],
        [3, null],
        [0, 'other'],
        [7, room.epoch],
        [null, room.epoch],
        [null, null],
      ]
      for (const [after, epoch] of cursors) {
        const found = await catchUp(after, epoch)
        assert.equal(found.recovered, false, `${after} ${epoch}`)
        assert.deepEqual(words(found), ['w2', 'w3', 'w4', 'w5'])
        assert.equal(found.records.length, 1)
      }
    })

    test('[RC1] more entries or bytes than the limits get a snapshot, as many as that get the changes', async () => {
      await sayAll(7, 26)
      assert.equal((await catchUp(6)).recovered, true)
      assert.equal((await catchUp(5)).recovered, false)
      await commit(patch('b', { x: 'x'.repeat(2500) }))
      await commit(say('y'.repeat(2400)))
      assert.equal((await catchUp(26)).recovered, true)
      await commit(say('y'.repeat(100)))
      assert.equal((await catchUp(26)).recovered, false)
    })

    test('[RC2] a snapshot is the last 50 events of history, the way back, and records up to its bytes', async () => {
      room = await createRoom(world.engine)
      await sayAll(2, 51)
      const fits = await catchUp(null)
      assert.equal(words(fits).length, 50)
      assert.equal(fits.history_before, null)
      await commit(say('w52'), notice('not history'))
      const over = await catchUp(null)
      assert.deepEqual([words(over)[0], words(over).length, over.history_before], ['w3', 50, 3])
      assert.equal(over.more, null)
    })

    test('[RC2] records that do not fit are paged, each once, and a removed one is in no page', async () => {
      const keys = Array.from({ length: 9 }, (_, index) => `k${index}`)
      for (const key of keys) await commit(patch(key, { text: 'x'.repeat(280) }))
      await commit(remove('k4'))
      const first = await catchUp(null)
      const found = first.records.map(({ key }) => key)
      assert.ok(found.length > 0 && found.length < 8)
      let cursor = first.more
      while (cursor !== null) {
        const page = await world.engine.statePage(turn, room.num, cursor)
        assert.equal(page.epoch, room.epoch)
        assert.equal(page.seq, first.seq)
        assert.ok(page.items.length > 0)
        found.push(...page.items.map(({ key }) => key))
        cursor = page.next_cursor
      }
      assert.deepEqual(
        found,
        keys.filter((key) => key !== 'k4'),
      )
      assert.equal(await codeOf(world.engine.statePage(turn, room.num, 'not a cursor')), 'validation_error')
    })

    test('[RC8] a snapshot is read once for each state of the room, and anew after every change of it', async () => {
      room = await createRoom(world.engine)
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

    test('[RC5] membership is read with it; a stranger has none', async () => {
      assert.equal(
        (await world.engine.catchUp(turn, room.num, 1, { after_seq: null, epoch: null })).member?.role,
        'host',
      )
      assert.equal((await world.engine.catchUp(turn, room.num, 99, { after_seq: null, epoch: null })).member, null)
      assert.equal(await codeOf(world.engine.catchUp(turn, 999_999, 1, { after_seq: null, epoch: null })), 'not_found')
    })

    test('[R1] [R2] a change says what was set and unset; changing nothing appends nothing', async () => {
      room = await createRoom(world.engine)
      const change = async (op: Op) => {
        const [record] = (await commit(op)).records
        return record && [record.seq, record.value, record.set, record.unset]
      }
      assert.deepEqual(await change(patch('a', { x: 1, y: { z: [1] } })), [
        2,
        '{"x":1,"y":{"z":[1]}}',
        '{"x":1,"y":{"z":[1]}}',
        [],
      ])
      assert.deepEqual(await change(patch('a', { x: undefined, y: { z: [2] }, __proto__x: null })), [
        3,
        '{"y":{"z":[2]},"__proto__x":null}',
        '{"y":{"z":[2]},"__proto__x":null}',
        ['x'],
      ])
      assert.equal(await change(patch('a', { y: { z: [2] } })), undefined)
      assert.deepEqual(await change(remove('a')), [4, null, '{}', []])
      assert.equal(await change(remove('a')), undefined)
      assert.deepEqual(await change(patch('a', {})), [5, '{}', '{}', []])
      const refusing: Op = { op: 'change', type: state, key: 'a', next: () => new AppError('conflict') }
      assert.equal(await codeOf(commit(refusing)), 'conflict')
      const mutating: Op = {
        op: 'change',
        type: state,
        key: 'a',
        next: (current) => Object.assign(current ?? {}, { m: 1 }),
      }
      assert.deepEqual(await change(mutating), [6, '{"m":1}', '{"m":1}', []])
      // A value that looks like a refusal is a value.
      const value = '{"refuse":"conflict"}'
      assert.deepEqual(await change({ ...mutating, next: () => ({ refuse: 'conflict' }) }), [7, value, value, ['m']])
    })

    test('[R1] a repaired gap sets the whole value and unsets what went since, or says that it is not whole', async () => {
      room = await createRoom(world.engine)
      await commit(patch('a', { x: 1, y: 1 }))
      await commit(patch('a', { x: undefined }))
      await commit(remove('a'))
      await commit(patch('a', { z: 1 }))
      const change = async (after: number) => {
        const { entries, whole } = await world.engine.readLog(room.num, after, 10)
        const last = entries.at(-1)
        return [whole, last?.kind === 'record' ? [last.record.set, last.record.unset.toSorted()] : last]
      }
      assert.deepEqual(await change(2), [true, ['{"z":1}', ['x', 'y']]])
      assert.deepEqual(await change(3), [true, ['{"z":1}', ['y']]])
      assert.deepEqual(await change(4), [true, ['{"z":1}', []]])
      const names = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`n${index}`, 1]))
      await commit(patch('a', names))
      await commit(patch('a', Object.fromEntries(Object.keys(names).map((key) => [key, undefined]))))
      assert.equal((await change(6))[0], false)
      assert.equal((await change(7))[0], true)
    })

    test('[D1] [D2] a redacted event is in no answer any more, and what stands for it is', async () => {
      room = await createRoom(world.engine)
      await commit(say('secret one'))
      await Promise.all([commit(say('secret two')), commit(erase(3)), commit(erase(2))])
      const found = JSON.stringify([
        await catchUp(0, null),
        await catchUp(null),
        await logOf(0),
        world.batches.filter((batch) => batch.room.num === room.num && batch.to > 2),
        await world.db.all({ sql: 'SELECT * FROM events', parameters: [] }),
      ])
      assert.ok(!found.includes('secret two') && !found.includes('secret one'))
      const stands = (await logOf(2)).map((entry) => entry.kind === 'event' && entry.event.body)
      assert.deepEqual(stands, ['{"erased":3}', '{"erased":2}'])
      assert.equal(await codeOf(commit(erase(99))), 'not_found')
    })

    test('[D4] [I4] pruned bodies raise floor_seq to the highest pruned seq; the client_id stays', async () => {
      await pruneAll()
      room = await createRoom(world.engine)
      const sent = call(room.id, [notice('old')], { client_id: 'c1' })
      await world.engine.commit(sent)
      await commit(say('kept'))
      assert.equal(await world.engine.prune(), 0)
      world.clock.advance(HOUR)
      await commit(notice('new'))
      assert.equal(await world.engine.prune(), 1)
      assert.equal((await world.engine.find(room.id))?.floor_seq, 2)
      assert.equal((await catchUp(1)).recovered, false)
      const served = await catchUp(2)
      assert.deepEqual([served.recovered, served.events.map(({ position }) => position)], [true, [3, 4]])
      assert.equal((await world.engine.readLog(room.num, 1, 10)).whole, false)
      assert.equal((await world.engine.commit(sent)).replayed, true)
      assert.equal(await world.engine.prune(), 0)
    })

    test('[R3] a removed record is a tombstone; dropping tombstones for age or number raises floor_seq', async () => {
      await pruneAll()
      room = await createRoom(world.engine)
      for (const key of ['a', 'b', 'c', 'd']) await commit(patch(key, { x: 1 }))
      for (const key of ['a', 'b', 'c', 'd']) await commit(remove(key))
      const removed = (await catchUp(5)).records
      assert.deepEqual(
        removed.map(({ key, value }) => [key, value]),
        ['a', 'b', 'c', 'd'].map((key) => [key, null]),
      )
      assert.equal(await world.engine.prune(), 1)
      assert.equal((await world.engine.find(room.id))?.floor_seq, 6)
      assert.equal((await catchUp(5)).recovered, false)
      assert.equal((await catchUp(6)).records.length, 3)
      await commit(patch('b', { back: true }))
      world.clock.advance(MONTH)
      assert.equal(await world.engine.prune(), 2)
      assert.equal((await world.engine.find(room.id))?.floor_seq, 9)
      assert.deepEqual(
        (await catchUp(null)).records.map(({ key, seq, value }) => ({ key, seq, value })),
        [{ key: 'b', seq: 10, value: '{"back":true}' }],
      )
    })

    test('[HI1] what was said in other words keeps its place in pages and snapshots, however often', async () => {
      room = await createRoom(world.engine)
      await sayAll(2, 6)
      await commit(rephrase(3, 3, 'other'))
      await commit(say('w8'), rephrase(7, 3, 'third'))
      const { engine } = world
      const bound = { rows: 2, bytes: 10_000 }
      const paged: [number, string][] = []
      for (let before: number | null = null, pages = 0; pages < 9; pages++) {
        const { items, next_cursor } = await engine.history(turn, room.num, { before, after: null }, bound)
        paged.unshift(...items.map(({ position, event }): [number, string] => [position, JSON.parse(event.body).word]))
        before = next_cursor
        if (before === null) break
      }
      const all = [
        [2, 'w2'],
        [3, 'third'],
        [4, 'w4'],
        [5, 'w5'],
        [6, 'w6'],
        [8, 'w8'],
      ]
      assert.deepEqual(paged, all)
      const snapshot = await catchUp(null)
      assert.deepEqual(
        snapshot.events.map(({ position, event }) => [position, JSON.parse(event.body).word]),
        all,
      )
      const { items } = await engine.history(turn, room.num, { before: null, after: 2 }, bound)
      assert.deepEqual(
        items.map(({ position, event }) => [position, event.seq]),
        [
          [3, 9],
          [4, 4],
        ],
      )
      assert.equal((await engine.historyItem(room.num, 3))?.event.seq, 9)
      assert.deepEqual([await engine.historyItem(room.num, 7), await engine.historyItem(room.num, 99)], [null, null])
    })

    test('[HI1] [D1] who was away gets the last words alone, with their place, and no earlier ones', async () => {
      room = await createRoom(world.engine)
      await sayAll(2, 3)
      await commit(rephrase(2, 2, 'once'))
      await commit(rephrase(4, 2, 'twice'))
      const changes = await catchUp(0, null)
      const told = changes.events.filter(({ event }) => event.type.startsWith('test.'))
      assert.deepEqual(
        told.map(({ position, event }) => [position, JSON.parse(event.body)]),
        [
          [3, { word: 'w3' }],
          [5, { word: 'twice', message_seq: 2 }],
        ],
      )
      assert.ok(!JSON.stringify([changes, await logOf(0), await catchUp(null)]).includes('once'))
      await commit(erase(5, 2))
      assert.equal(await world.engine.historyItem(room.num, 2), null)
      assert.deepEqual(words(await catchUp(null)), ['w3'])
    })

    test('[D5] of two who change the same words the later is refused, in one batch and after it', async () => {
      room = await createRoom(world.engine)
      await sayAll(2, 3)
      const both = [commit(rephrase(2, 2, 'mine')), commit(rephrase(2, 2, 'yours'))]
      assert.deepEqual(await Promise.all(both.map(codeOf)), ['ok', 'conflict'])
      assert.equal(await codeOf(commit(rephrase(2, 2, 'late'))), 'conflict')
      assert.equal(await codeOf(commit(say('w5'), rephrase(5, 5, 'a'), rephrase(5, 5, 'b'))), 'conflict')
      assert.deepEqual(await codeOf(commit(say('w5'), rephrase(5, 5, 'a'), rephrase(6, 5, 'b'))), 'ok')
      assert.deepEqual(words(await catchUp(null)), ['mine', 'w3', 'b'])
    })

    test('[I5] what is deleted after it was edited is forgotten with its first event', async () => {
      room = await createRoom(world.engine)
      const send = (content_hash: string) => call(room.id, [say('x')], { client_id: 'c1', content_hash })
      await world.engine.commit(send('1:x'))
      await commit(rephrase(2, 2, 'y'))
      assert.equal(await codeOf(world.engine.commit(send('1:other'))), 'client_id_reused')
      await commit(erase(3, 2))
      const again = await world.engine.commit(send('1:other'))
      assert.deepEqual([again.replayed, again.events[0]?.seq, again.events[0]?.body], [true, 2, ''])
    })

    test('[R4] a record says who changed it last and when, also where an earlier release wrote it', async () => {
      room = await createRoom(world.engine)
      await commit(patch('a', { x: 1 }), patch('b', { x: 1 }))
      world.clock.advance(1000)
      await world.engine.commit(call(room.id, [patch('a', { x: 2 }), remove('b')], { actor: 7 }))
      const last = { actor: 7, at: world.clock.now() }
      const known = async () => (await catchUp(0)).records.map(({ key, actor, at }) => ({ key, actor, at }))
      assert.deepEqual(await known(), [
        { key: 'a', ...last },
        { key: 'b', ...last },
      ])
      assert.deepEqual(
        (await logOf(0)).flatMap((entry) => (entry.kind === 'record' ? [entry.record.actor] : [])),
        [7, 7],
      )
      // As a release without the columns writes over it: the actor that stands there is of an earlier change.
      const { db } = world
      const sql = `UPDATE records SET seq = seq + 100 WHERE room = ${room.num} AND key = 'a'`
      await db.write([{ sql, parameters: [] }])
      assert.deepEqual(
        (await known()).map(({ actor }) => actor),
        [7, 0],
      )
    })

    test('a log is read whole, in order, or not at all', async () => {
      room = await createRoom(world.engine)
      await sayAll(2, 4)
      await commit(patch('a', { x: 1 }))
      await sayAll(6, 8)
      const whole = await world.engine.readLog(room.num, 1, 7)
      assert.deepEqual([whole.whole, whole.room.last_seq, whole.entries.map(seqOf)], [true, 8, [2, 3, 4, 5, 6, 7, 8]])
      const part = await world.engine.readLog(room.num, 1, 6)
      assert.deepEqual([part.whole, part.entries], [false, []])
    })
  })
}

const seqOf = (entry: LogEntry) => (entry.kind === 'event' ? entry.event.seq : entry.record.seq)
