import assert from 'node:assert/strict'
import test from 'node:test'
import { Multimap } from './multimap.ts'

test('keeps several values under one key, each once, and forgets a key with its last value', () => {
  const map = new Multimap<string, number>()
  for (const value of [1, 2, 2]) map.add('a', value)
  map.add('b', 3)
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c')], [[1, 2], [3], []])
  map.delete('a', 1)
  map.delete('a', 9)
  map.delete('c', 1)
  assert.deepEqual([map.get('a'), map.has('a')], [[2], true])
  map.delete('a', 2)
  assert.deepEqual([map.get('a'), map.has('a'), map.has('b')], [[], false, true])
})

test('a found list does not change while values are added and removed', () => {
  const map = new Multimap<string, number>()
  map.add('a', 1)
  map.add('a', 2)
  for (const value of map.get('a')) map.delete('a', value)
  assert.equal(map.has('a'), false)
})
