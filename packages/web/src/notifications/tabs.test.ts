import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTabs } from './tabs.ts'
import { createLocks } from './testing/locks.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[NO3] of the tabs of a user the first one announces, and the next when it is closed', async () => {
  const locks = createLocks()
  const [one, two, other] = [createTabs(locks, 'ann'), createTabs(locks, 'ann'), createTabs(locks, 'ben')]
  const areFirst = () => [one.isFirst(), two.isFirst(), other.isFirst()]
  assert.deepEqual(areFirst(), [true, false, true])
  one.close()
  await turn()
  assert.deepEqual(areFirst(), [false, true, true])
})

test('[NO3] a tab that is closed while it waits does not become the first', async () => {
  const locks = createLocks()
  const [one, two, three] = [createTabs(locks, 'ann'), createTabs(locks, 'ann'), createTabs(locks, 'ann')]
  two.close()
  one.close()
  await turn()
  assert.deepEqual([two.isFirst(), three.isFirst()], [false, true])
})

test('[NO1] every tab knows which rooms the others show', async () => {
  const locks = createLocks()
  const [one, two, other] = [createTabs(locks, 'ann'), createTabs(locks, 'ann'), createTabs(locks, 'ben')]
  const unseen = () => Promise.all([one, two].map((tabs) => tabs.unseen(['tea', 'books'])))
  one.look('tea')
  other.look('books')
  assert.deepEqual(await unseen(), [['books'], ['books']])
  two.look('tea')
  one.look('books')
  await turn()
  assert.deepEqual(await unseen(), [[], []])
  one.look(null)
  two.close()
  await turn()
  assert.deepEqual(await one.unseen(['tea', 'books']), ['tea', 'books'])
})

test('[NO3] without locks a tab announces every room but its own', async () => {
  const tabs = createTabs(null, 'ann')
  tabs.look('tea')
  assert.deepEqual([tabs.isFirst(), await tabs.unseen(['tea', 'books'])], [true, ['books']])
})
