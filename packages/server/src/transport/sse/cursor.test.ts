import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCursor, StreamCursor } from './cursor.ts'

test('[E4] a cursor says where its stream stands in each room, and is read back', () => {
  const cursor = new StreamCursor()
  cursor.set(1, { epoch: 'aB-_12345678', seq: 0 })
  cursor.set(40, { epoch: 'zzzzzzzzzzzz', seq: 1_000_000 })
  assert.equal(cursor.move(1, 7), '14.zzzzzz.lfls~1.aB-_12.7')
  assert.equal(cursor.move(1, 36), '14.zzzzzz.lfls~1.aB-_12.10')
  assert.equal(cursor.move(40, 1_000_001), '1.aB-_12.10~14.zzzzzz.lflt')
  assert.deepEqual(
    [...readCursor(cursor.toString())],
    [
      [1, { epoch: 'aB-_12', seq: 36 }],
      [40, { epoch: 'zzzzzz', seq: 1_000_001 }],
    ],
  )
})

test('[E4] moving after another room was added keeps both', () => {
  const cursor = new StreamCursor()
  cursor.set(1, { epoch: 'aaaaaa', seq: 1 })
  cursor.move(1, 2)
  cursor.set(2, { epoch: 'bbbbbb', seq: 5 })
  assert.equal(cursor.move(1, 3), '2.bbbbbb.5~1.aaaaaa.3')
  assert.equal(cursor.move(9, 3), cursor.toString(), 'a room that is not of the stream')
})

test('[E4] what is no cursor says nothing', () => {
  for (const text of ['', '~', '12', 'a.b.c', '1.aaaaaa.-1', '1.aaaaaa', '__proto__', `1.aaaaaa.${'z'.repeat(20)}`]) {
    assert.equal(readCursor(text).size, 0, text)
  }
  assert.equal(readCursor('garbage~1.aaaaaa.2').size, 1)
})
