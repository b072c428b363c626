import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sizeIn } from './sizes.ts'

test('sizes of files are told in the unit that is read at a glance', () => {
  const told = [0, 1, 999, 1_000, 1_440_000, 25_000_000, 3_200_000_000_000].map((bytes) => sizeIn('en', bytes))
  assert.deepEqual(told, ['0 bytes', '1 byte', '999 bytes', '1 kB', '1.4 MB', '25 MB', '3,200 GB'])
  assert.equal(sizeIn('es', 1_440_000), '1,4 MB')
})
