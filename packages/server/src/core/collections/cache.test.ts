import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCache } from './cache.ts'

test('a cache keeps at most so many entries, those used last', () => {
  const removed: string[] = []
  const cache = createCache<string, number>(2, (value, key) => removed.push(`${key} ${value}`))
  cache.set('a', 1).set('b', 2)
  assert.equal(cache.get('a'), 1)
  cache.set('c', 3).set('c', 4)
  cache.delete('a')
  assert.deepEqual([...cache.entries()], [['c', 4]])
  assert.deepEqual(removed, ['b 2', 'c 3', 'a 1'])
})
