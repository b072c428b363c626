import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createToasts } from './toasts.ts'

const textsOf = ({ list }: ReturnType<typeof createToasts>) => list.get().map(({ text }) => text)

describe('toasts', () => {
  it('show the last success for 6 s', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const toasts = createToasts()
    toasts.show({ text: 'Saved.' })
    toasts.show({ text: 'Copied' })
    assert.deepEqual(textsOf(toasts), ['Copied'])
    t.mock.timers.tick(6000)
    assert.deepEqual(textsOf(toasts), [])
  })

  it('stay until they are closed where they are meant to', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const toasts = createToasts()
    toasts.show({ text: 'We restart at noon', stays: true })
    toasts.show({ text: 'Saved.' })
    t.mock.timers.tick(60_000)
    assert.deepEqual(textsOf(toasts), ['We restart at noon'])
  })

  it('show the last three different failures until they are closed', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const toasts = createToasts()
    for (const text of ['a', 'b', 'a', 'c', 'd']) toasts.show({ text, failed: true })
    t.mock.timers.tick(60_000)
    assert.deepEqual(textsOf(toasts), ['a', 'c', 'd'])
    toasts.close(toasts.list.get()[0]?.id ?? -1)
    assert.deepEqual(textsOf(toasts), ['c', 'd'])
  })
})
