import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeIn } from './time.ts'

test('a time may have T or a space, seconds or none, and Z, an offset or none, which is UTC', () => {
  const noon = Date.UTC(2030, 0, 31, 12)
  for (const text of [
    '2030-01-31T12:00:00Z',
    '2030-01-31 12:00',
    '2030-01-31T12:00:00.000',
    '2030-01-31T14:00+02:00',
    '2030-01-31t10:00:00-0200',
  ])
    assert.equal(timeIn(text), noon, text)
  for (const text of ['2030-01-31', '12:00', 'tomorrow', '2030-13-01T12:00Z', '2030-01-31T12:00:00Z!', '']) {
    assert.ok(Number.isNaN(timeIn(text)), text)
  }
})
