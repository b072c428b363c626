import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { settle, stillTime } from '../testing/client.ts'
import { ParlorError } from '../error.ts'
import { createRecordPages } from './record-pages.ts'
import { changeOf, createRecords, isOwnEvent } from './records.ts'

const valueOf = (records: ReturnType<typeof createRecords>, key = 'a') => records.of('shape').get().get(key)?.value

suite('records', () => {
  test('of two words about one the higher seq holds, whichever came first', () => {
    const records = createRecords()
    records.changed({ type: 'shape', key: 'a', seq: 5, set: { x: 5 } })
    records.whole({ type: 'shape', key: 'a', seq: 4, value: { x: 4 } })
    records.changed({ type: 'shape', key: 'a', seq: 3, deleted: true })
    assert.deepEqual(valueOf(records), { x: 5 })
  })

  test('a change names what it sets and unsets; the rest stays', () => {
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

  test('[S2] while pages are read, a change waits for what it changes, and a deletion is not undone', () => {
    const records = createRecords()
    records.clear()
    records.whole({ type: 'shape', key: 'known', seq: 1, value: { x: 1 } })
    records.changed({ type: 'shape', key: 'known', seq: 11, set: { x: 11 } })
    records.changed({ type: 'shape', key: 'a', seq: 10, set: { x: 10 } })
    records.changed({ type: 'shape', key: 'b', seq: 12, deleted: true })
    assert.deepEqual(valueOf(records, 'known'), { x: 11 })
    // The page was read before the change of one and the deletion of the other.
    records.whole({ type: 'shape', key: 'a', seq: 2, value: { x: 2, y: 2 } })
    records.whole({ type: 'shape', key: 'b', seq: 3, value: { x: 3 } })
    records.settled()
    assert.deepEqual(valueOf(records, 'a'), { x: 10, y: 2 })
    assert.equal(valueOf(records, 'b'), undefined)
  })

  test('[S2] a page that knows of the change already has it once', () => {
    const records = createRecords()
    records.clear()
    records.changed({ type: 'shape', key: 'a', seq: 10, set: { x: 10 } })
    records.whole({ type: 'shape', key: 'a', seq: 11, value: { x: 11, y: 2 } })
    records.settled()
    assert.deepEqual(valueOf(records), { x: 11, y: 2 })
  })

  test('[S2] the pages behind a snapshot are read to the end, again after trouble, and after a cut where they were', async () => {
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

test('[S2] a record with an event of its own comes whole, or is deleted', () => {
  const types = { playback_updated: 'playback' }
  const received = { event: 'playback_updated', data: { room_id: 'r', key: 'item', seq: 7, playing: true } }
  assert.ok(isOwnEvent(received, types) && !isOwnEvent({ ...received, event: 'new_message' }, types))
  const records = createRecords()
  records.changed(changeOf(received, types))
  const shown = () => records.of('playback').get().get('item')
  assert.deepEqual(shown(), { seq: 7, value: { playing: true } })
  records.changed(changeOf({ event: 'playback_updated', data: { key: 'item', seq: 8, deleted: true } }, types))
  assert.equal(shown(), undefined)
})
