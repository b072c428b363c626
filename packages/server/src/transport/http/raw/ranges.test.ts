import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RangeHeaders, select } from './ranges.ts'

const changed = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const file = { size: 1_000, etag: '"tag"', modified: changed }
const asked = (headers: RangeHeaders, { method = 'GET', size = 1_000 } = {}) =>
  select(method, headers, { ...file, size })
const range = (text: string, size?: number) => {
  const found = asked({ range: text }, size === undefined ? {} : { size })
  return found.status === 206 ? found.ranges.map(({ first, last }) => `${first}-${last}`).join(' ') : found.status
}
const second = (offset: number) => new Date(changed + offset * 1000).toUTCString()

test('[RR4] a range is cut to the file, and one that lies outside of it is 416', () => {
  assert.equal(range('bytes=0-'), '0-999')
  assert.equal(range('bytes=0-0'), '0-0')
  assert.equal(range('bytes=100-199'), '100-199')
  assert.equal(range('bytes=900-5000'), '900-999')
  assert.equal(range('bytes=-1'), '999-999')
  assert.equal(range('bytes=-5000'), '0-999')
  assert.equal(range('BYTES=1-2'), '1-2')
  assert.equal(range('bytes=1-99999999999999999999'), '1-999')
  assert.equal(range('bytes=-99999999999999999999'), '0-999')
  for (const outside of ['bytes=1000-', 'bytes=5-2', 'bytes=-0', 'bytes=2000-3000'])
    assert.equal(range(outside), 416, outside)
  assert.equal(range('bytes=0-', 0), 416)
})

test('[RR4] a range that cannot be read is 416, and an unknown unit is ignored', () => {
  for (const bad of ['bytes=abc', 'bytes=-', 'bytes=1', 'bytes=1-2x', 'bytes=99999999999999999999-'])
    assert.equal(range(bad), 416, bad)
  for (const other of ['items=0-5', 'seconds=1-2', 'bytes 0-5', 'bytes =0-5', 'bytes='])
    assert.equal(range(other), 200, other)
})

test('[RR4] several ranges are parts of one answer, unless they are many or longer than the file', () => {
  assert.equal(range('bytes=0-1,4-5'), '0-1 4-5')
  assert.equal(range('bytes= 0 - 1 , 4 - 5 '), '0-1 4-5')
  assert.equal(range('bytes=,0-1,,4-5,'), '0-1 4-5')
  for (const set of ['0-1,2000-', '0-1,5-2']) assert.equal(range(`bytes=${set}`), '0-1', set)
  assert.equal(range('bytes=0-,0-'), 200)
  assert.equal(range(`bytes=${Array.from({ length: 17 }, (_, at) => `${at}-${at}`).join(',')}`), 200)
})

test('[RR4] only GET has ranges', () => {
  for (const method of ['HEAD', 'POST']) assert.deepEqual(asked({ range: 'bytes=0-1' }, { method }), { status: 200 })
})

test('[RR4] If-Range: a part only of the same bytes', () => {
  const status = (given: string) => asked({ range: 'bytes=0-1', 'if-range': given }).status
  assert.equal(status('"tag"'), 206)
  assert.equal(status(second(0)), 206)
  for (const other of ['"other"', 'W/"tag"', second(-1), second(1), 'yesterday'])
    assert.equal(status(other), 200, other)
})

test('[RR4] conditions come before the range, in their order', () => {
  const status = (headers: RangeHeaders) => asked({ range: 'bytes=0-1', ...headers }).status
  assert.equal(status({ 'if-none-match': '"a", W/"tag"' }), 304)
  assert.equal(status({ 'if-none-match': '*' }), 304)
  assert.equal(status({ 'if-none-match': '"a"', 'if-modified-since': second(9) }), 206)
  assert.equal(status({ 'if-modified-since': second(0) }), 304)
  assert.equal(status({ 'if-modified-since': second(-1) }), 206)
  assert.equal(status({ 'if-match': 'W/"tag"' }), 412)
  assert.equal(status({ 'if-match': '"a", "tag"' }), 206)
  assert.equal(status({ 'if-match': '*', 'if-none-match': '"tag"' }), 304)
  assert.equal(status({ 'if-unmodified-since': second(-1) }), 412)
  assert.equal(status({ 'if-unmodified-since': second(0) }), 206)
  for (const none of ['no date', '2099-01-01', '1', '']) assert.equal(status({ 'if-modified-since': none }), 206, none)
  for (const forms of ['Friday, 02-Jan-26 03:04:05 GMT', 'Fri Jan  2 03:04:05 2026', second(0)])
    assert.equal(status({ 'if-modified-since': forms }), 304, forms)
})
