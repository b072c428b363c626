import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { settle, stillTime } from '../testing/client.ts'
import { ParlorError } from '../error.ts'
import { createRecordPages } from './record-pages.ts'
import { changeOf, createRecords } from './records.ts'

const valueOf = (records: ReturnType<typeof createRecords>, key = 'a') => records.of('shape').get().get(key)?.value

suite('records', () => {
  test('the version with the higher seq wins, whichever came first', () => {
    const records = createRecords()
    records.changed({ type: 'shape', key: 'a', seq: 5, set: { x: 5 } })
    records.whole({ type: 'shape', key: 'a', seq: 4, value: { x: 4 } })
    records.changed({ type: 'shape', key: 'a', seq: 3, deleted: true })
    assert.deepEqual(valueOf(records), { x: 5 })
  })

  test('a change sets and unsets the named properties and keeps the others', () => {
    const records = createRecords()
    records.whole({ type: 'shape', key: 'a', seq: 1, value: { x: 1, y: 1, z: 1 } })
    records.changed({ type: 'shape', key: 'a', seq: 2, set: { x: 2 }, unset: ['y'] })
    assert.deepEqual(valueOf(records), { x: 2, z: 1 })
    records.changed({ type: 'shape', key: 'a', seq: 3, deleted: true })
    records.changed({ type: 'shape', key: 'a', seq: 4, set: { w: 4 } })
    assert.deepEqual(valueOf(records), { w: 4 }, 'made anew, it has nothing of before')
    records.changed({ type: 'shape', key: 'a', seq: 5, set: { v: 5 }, whole: true })
    assert.deepEqual(valueOf(records), { v: 5 }, 'a whole change leaves nothing of before')
  })

  test('[S2] while pages load, a change waits for its record, and a page does not undo a deletion', () => {
    const records = createRecords()
    records.clear()
    records.whole({ type: 'shape', key: 'known', seq: 1, value: { x: 1 } })
    records.changed({ type: 'shape', key: 'known', seq: 11, set: { x: 11 } })
    records.changed({ type: 'shape', key: 'a', seq: 10, set: { x: 10 } })
    records.changed({ type: 'shape', key: 'b', seq: 12, deleted: true })
    assert.deepEqual(valueOf(records, 'known'), { x: 11 })
    // The page was read before one record changed and another was deleted.
    records.whole({ type: 'shape', key: 'a', seq: 2, value: { x: 2, y: 2 } })
    records.whole({ type: 'shape', key: 'b', seq: 3, value: { x: 3 } })
    records.settled()
    assert.deepEqual(valueOf(records, 'a'), { x: 10, y: 2 })
    assert.equal(valueOf(records, 'b'), undefined)
  })

  test('[S2] applies a change once that a later page includes already', () => {
    const records = createRecords()
    records.clear()
    records.changed({ type: 'shape', key: 'a', seq: 10, set: { x: 10 } })
    records.whole({ type: 'shape', key: 'a', seq: 11, value: { x: 11, y: 2 } })
    records.settled()
    assert.deepEqual(valueOf(records), { x: 11, y: 2 })
  })

  test('[S2] loads all pages after a snapshot, retries a failed one, and continues there after a reconnect', async () => {
    const { time, advance } = stillTime()
    const records = createRecords()
    const asked: string[] = []
    let fails = true
    const page = async (cursor: string) => {
      asked.push(cursor)
      if (cursor === 'two' && fails) throw new ParlorError('offline', '', { retry: 'resend' })
      const item = { type: 'shape', key: cursor, seq: 1, value: {} }
      return { epoch: 'e', seq: 9, items: [item], next_cursor: cursor === 'one' ? 'two' : null }
    }
    const pages = createRecordPages({ records, page, time })
    records.clear()
    pages.begin('one')
    pages.resume()
    await settle()
    advance(500)
    await settle()
    pages.stop()
    advance(500)
    assert.deepEqual(asked, ['one', 'two', 'two'])
    fails = false
    pages.resume()
    await settle()
    assert.deepEqual(asked.slice(3), ['two'])
    assert.deepEqual([...records.of('shape').get().keys()], ['one', 'two'])
    records.changed({ type: 'shape', key: 'new', seq: 10, set: { x: 1 } })
    assert.deepEqual(valueOf(records, 'new'), { x: 1 }, 'nothing is waited for any more')
  })
})

test('[S2] the event of a record type carries the whole value, or that it was deleted', () => {
  const types = { playback_updated: 'playback' }
  const received = { event: 'playback_updated', data: { room_id: 'r', key: 'item', seq: 7, playing: true } }
  assert.equal(changeOf({ ...received, event: 'new_message' }, types), null)
  const records = createRecords()
  const receive = (event: { event: string; data: object }) => {
    const change = changeOf(event, types)
    assert.ok(change)
    records.changed(change)
  }
  receive(received)
  const shown = () => records.of('playback').get().get('item')
  assert.deepEqual(shown(), { seq: 7, value: { playing: true } })
  receive({ event: 'playback_updated', data: { key: 'item', seq: 8, deleted: true } })
  assert.equal(shown(), undefined)
})
