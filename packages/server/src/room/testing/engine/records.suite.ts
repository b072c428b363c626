import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { AppError } from '../../../core/error.ts'
import { permit } from '../../../core/testing/read-permit.ts'
import { call, codeOf, patch, remove, state } from '../engine.ts'
import type { Op } from '../../types.ts'
import { inOneRoom } from '../one-room.ts'

const MONTH = 31 * 86_400_000

/** The rules of records (R) on either database. */
export function recordsSuite(name: string, backend: () => Promise<Backend>) {
  suite(`records on ${name}`, () => {
    const here = inOneRoom(backend)
    const { commit, catchUp, logOf, pruneAll } = here

    test('[R1] [R2] a change says what was set and unset; changing nothing appends nothing', async () => {
      await here.enterNew()
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
      // Only an AppError refuses: this is a value.
      const value = '{"refuse":"conflict"}'
      assert.deepEqual(await change({ ...mutating, next: () => ({ refuse: 'conflict' }) }), [7, value, value, ['m']])
    })

    test('[R7] a change that leaves nothing removes the record, and an absent one stays absent', async () => {
      await here.enterNew()
      const emptied: Op = { op: 'change', type: state, key: 'a', next: () => null }
      assert.deepEqual((await commit(emptied)).records, [])
      await commit(patch('a', { x: 1 }))
      const [removed] = (await commit(emptied)).records
      assert.deepEqual([removed?.value, removed?.set, removed?.unset], [null, '{}', []])
      assert.equal(await here.world.engine.record(here.room.num, state.name, 'a'), null)
      assert.deepEqual((await commit(emptied)).records, [])
    })

    test('[R6] records of one type are read by key, in pages of bounded rows and bytes', async () => {
      await here.enterNew()
      const { engine } = here.world
      const other = { ...state, name: 'test.other' }
      for (const key of ['b', 'é', 'a', 'c']) await commit(patch(key, { of: key }))
      await commit({ op: 'change', type: other, key: 'a', next: () => ({ of: 'other' }) }, remove('c'))
      const page = async (after: string | null, rows: number, bytes: number) => {
        const { items, next } = await engine.records(permit, here.room.num, state.name, { after, rows, bytes })
        return [items.map(({ key, seq, value }) => [key, seq, value]), next]
      }
      const [a, b, e] = [
        ['a', 4, '{"of":"a"}'],
        ['b', 2, '{"of":"b"}'],
        ['é', 3, '{"of":"é"}'],
      ]
      assert.deepEqual(await page(null, 10, 10_000), [[a, b, e], null])
      assert.deepEqual(await page(null, 2, 10_000), [[a, b], 'b'])
      assert.deepEqual(await page('b', 2, 10_000), [[e], null])
      assert.deepEqual(await page(null, 10, 1), [[a], 'a'])
      assert.deepEqual(await page('é', 10, 1), [[], null])
      const one = async (type: string, key: string) => (await engine.record(here.room.num, type, key))?.value
      assert.deepEqual(await Promise.all([one(state.name, 'a'), one(other.name, 'a')]), [
        '{"of":"a"}',
        '{"of":"other"}',
      ])
      assert.deepEqual(await Promise.all([one(state.name, 'c'), one(other.name, 'b')]), [undefined, undefined])
    })

    test('[R1] a gap read from the log sets the whole value and unsets removed properties, or says that it is not whole', async () => {
      await here.enterNew()
      await commit(patch('a', { x: 1, y: 1 }))
      await commit(patch('a', { x: undefined }))
      await commit(remove('a'))
      await commit(patch('a', { z: 1 }))
      const change = async (after: number) => {
        const { entries, whole } = await here.world.engine.readLog(here.room.num, after, 10)
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

    test('[R3] a removed record is a tombstone; dropping tombstones for age or number raises floor_seq', async () => {
      await pruneAll()
      await here.enterNew()
      for (const key of ['a', 'b', 'c', 'd']) await commit(patch(key, { x: 1 }))
      for (const key of ['a', 'b', 'c', 'd']) await commit(remove(key))
      const removed = (await catchUp(5)).records
      assert.deepEqual(
        removed.map(({ key, value }) => [key, value]),
        ['a', 'b', 'c', 'd'].map((key) => [key, null]),
      )
      assert.equal(await here.world.engine.prune(), 1)
      assert.equal((await here.world.engine.find(here.room.id))?.floor_seq, 6)
      assert.equal((await catchUp(5)).recovered, false)
      assert.equal((await catchUp(6)).records.length, 3)
      await commit(patch('b', { back: true }))
      here.world.clock.advance(MONTH)
      assert.equal(await here.world.engine.prune(), 2)
      assert.equal((await here.world.engine.find(here.room.id))?.floor_seq, 9)
      assert.deepEqual(
        (await catchUp(null)).records.map(({ key, seq, value }) => ({ key, seq, value })),
        [{ key: 'b', seq: 10, value: '{"back":true}' }],
      )
    })

    test('[R4] a record says who changed it last and when, and has no actor if an earlier release wrote it', async () => {
      await here.enterNew()
      await commit(patch('a', { x: 1 }), patch('b', { x: 1 }))
      here.world.clock.advance(1000)
      await here.world.engine.commit(call(here.room.id, [patch('a', { x: 2 }), remove('b')], { actor: 7 }))
      const last = { actor: 7, at: here.world.clock.now() }
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
      const { db } = here.world
      const sql = `UPDATE records SET seq = seq + 100 WHERE room = ${here.room.num} AND key = 'a'`
      await db.write([{ sql, parameters: [] }])
      assert.deepEqual(
        (await known()).map(({ actor }) => actor),
        [7, 0],
      )
    })
  })
}
