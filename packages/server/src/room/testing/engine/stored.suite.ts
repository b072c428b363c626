import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { brokenText } from '../../../core/stored.ts'
import { permit } from '../../../core/testing/read-permit.ts'
import { call, createRoom, patch, remove, say, sized } from '../engine.ts'
import { useWorld } from '../use-world.ts'
import type { JsonObject, LogEntry, Op, RecordChange, RoomRow } from '../../types.ts'

/** Rows of other releases and unreadable rows, on either database. */
export function storedSuite(name: string, backend: () => Promise<Backend>) {
  suite(`stored rows on ${name}`, () => {
    const world = useWorld(backend)
    let room: RoomRow
    const commit = (...ops: Op[]) => world.engine.commit(call(room.id, ops))
    const catchUp = () => world.engine.catchUp(permit, room.num, 1, { after_seq: 0, epoch: room.epoch })
    const logOf = async (after: number): Promise<readonly LogEntry[]> =>
      (await world.engine.readLog(room.num, after, 1000)).entries
    const spoil = (table: string, set: string, which = '1 = 1') =>
      world.db.write([{ sql: `UPDATE ${table} SET ${set} WHERE room = ${room.num} AND ${which}`, parameters: [] }])
    const change = (key: string, next: (current: JsonObject | null) => JsonObject): Op => {
      return { op: 'change', type: sized, key, next }
    }
    const stored = async () =>
      (await catchUp()).records
        .map(({ key, v, value }) => [key, v, value] as const)
        .toSorted(([one], [other]) => one.localeCompare(other))

    test('[R5] [SD7] a change gets the value of an older record upgraded, and stores the current version', async () => {
      room = await createRoom(world.engine)
      await commit(patch('a', { s: 4, x: 1 }), patch('b', { s: 5 }), patch('c', { s: 6 }))
      const seen: (JsonObject | null)[] = []
      const same = (current: JsonObject | null) => {
        seen.push({ ...current })
        return { ...current }
      }
      assert.deepEqual((await commit(change('a', same))).records, [], 'the same value appends nothing')
      assert.deepEqual(seen, [{ size: 4, x: 1 }])
      const { records } = await commit(
        change('a', (current) => ({ ...current, y: 2 })),
        { op: 'remove', type: sized, key: 'b' },
        change('b', () => ({ size: 1 })),
      )
      const told = ({ key, v, set, unset }: RecordChange) => [key, v, set, unset]
      assert.deepEqual(records.map(told), [
        ['a', 2, '{"size":4,"x":1,"y":2}', ['s']],
        ['b', 2, '{}', []],
        ['b', 2, '{"size":1}', []],
      ])
      assert.deepEqual(await stored(), [
        ['a', 2, '{"size":4,"x":1,"y":2}'],
        ['b', 2, '{"size":1}'],
        ['c', 1, '{"s":6}'],
      ])
      const log = (await logOf(4)).flatMap((entry) => (entry.kind === 'record' ? [entry.record] : []))
      const unset = log.map(({ key, unset: names }) => [key, names])
      assert.deepEqual(unset, [
        ['a', ['s']],
        ['b', ['s']],
      ])
    })

    test('[R5] [SD7] a record of a newer release keeps its version only with the fields of that release', async () => {
      room = await createRoom(world.engine)
      await commit(...['a', 'b', 'c'].map((key) => change(key, () => ({ size: 1, hue: 7 }))))
      await spoil('records', 'v = 9')
      await commit(
        change('a', (current) => ({ ...current, size: 2 })),
        change('b', () => ({ size: 2 })),
      )
      assert.deepEqual(await stored(), [
        ['a', 9, '{"size":2,"hue":7}'],
        ['b', 2, '{"size":2}'],
        ['c', 9, '{"size":1,"hue":7}'],
      ])
      // One that does not fit is there, without a known value.
      await spoil('records', `value = '{"width":3}'`, `key = 'c'`)
      await commit(change('c', (current) => ({ size: 5, known: Object.keys(current ?? { none: 0 }).length })))
      assert.deepEqual((await stored())[2], ['c', 2, '{"size":5,"known":0}'])
    })

    test('[R5] [SD7] a record that a release without versions has overwritten is of version 1', async () => {
      room = await createRoom(world.engine)
      await commit(change('a', () => ({ size: 1 })))
      await spoil('records', `seq = seq + 100, value = '{"s":3}'`)
      assert.deepEqual(await stored(), [['a', 1, '{"s":3}']])
    })

    test('[SD6] text that is not a JSON object is unreadable in every read', async () => {
      room = await createRoom(world.engine)
      await commit(say('one'), say('two'), patch('a', { x: 1 }), patch('b', { x: 1 }))
      for (const text of ['{oops}', '{"x":1}}', '{"x":"}', '["x"]', `{"x":1}\n{"y":2}`]) {
        await spoil('events', `body = '${text}'`, 'seq = 3')
        await spoil('records', `value = '${text}'`, `key = 'a'`)
        const { events, records } = await catchUp()
        assert.equal(events.find(({ position }) => position === 3)?.event.body, brokenText, text)
        assert.equal(records.find(({ key }) => key === 'a')?.value, brokenText, text)
        const place = { before: null, after: null }
        const { items } = await world.engine.history(permit, room.num, place, { rows: 10, bytes: 10_000 })
        assert.deepEqual(
          items.map(({ event }) => event.body === brokenText),
          [false, true],
          text,
        )
        const log = (await logOf(0)).map((entry) => (entry.kind === 'event' ? entry.event.body : entry.record.value))
        assert.equal(log.filter((each) => each === brokenText).length, 2, text)
      }
    })

    test('[SD6] removing an unreadable record subtracts its bytes from those of the room', async () => {
      room = await createRoom(world.engine)
      await commit(patch('a', { x: 1 }))
      await spoil('records', `value = '{oops}}'`)
      const bytes = async () => {
        const sql = `SELECT record_bytes FROM rooms WHERE num = ${room.num}`
        const [row] = await world.db.all({ sql, parameters: [] })
        return row?.['record_bytes']
      }
      assert.equal(await bytes(), 7)
      await commit(remove('a'))
      assert.equal(await bytes(), 0)
    })
  })
}
