import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createStore, derived } from './store.ts'

suite('stores', () => {
  test('notifies once for several changes in one turn, has the value at once, and ignores an equal value', async () => {
    const store = createStore(0)
    const told: number[] = []
    const end = store.subscribe(() => told.push(store.get()))
    store.set(1)
    store.set(2)
    assert.deepEqual([store.get(), told], [2, []])
    await Promise.resolve()
    store.set(2)
    await Promise.resolve()
    assert.deepEqual(told, [2])
    end()
    store.set(3)
    await Promise.resolve()
    assert.deepEqual(told, [2])
  })

  test('a derived store is up to date at once, and keeps the same object until a source changes', async () => {
    const [a, b] = [createStore(1), createStore(2)]
    const sum = derived([a, b], () => ({ sum: a.get() + b.get() }))
    const before = sum.get()
    assert.equal(sum.get(), before)
    let told = 0
    sum.subscribe(() => told++)
    a.set(5)
    assert.deepEqual(sum.get(), { sum: 7 })
    await Promise.resolve()
    await Promise.resolve()
    assert.equal(told, 1)
  })
})
