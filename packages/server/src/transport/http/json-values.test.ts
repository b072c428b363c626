import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/error.ts'
import { assertFewValues } from './json-values.ts'

const padding = 'x'.repeat(64 * 1024)
/** A text too long to pass unread, whose list holds this many values. */
const list = (values: number) => JSON.stringify([padding, ...Array.from({ length: values }, () => ({}))])

const isTooLarge = (thrown: unknown) =>
  thrown instanceof AppError && thrown.code === 'too_large' && thrown.details.limit === 100

test('[H14] a text of more values than allowed is refused, one of as many is not', () => {
  // Each of them is counted by the comma before it and by its own bracket; the list by its bracket.
  assertFewValues(list(49), 100)
  assert.throws(() => assertFewValues(list(50), 100), isTooLarge)
  assert.throws(() => assertFewValues(`${'['.repeat(101)}"${padding}`, 100), isTooLarge)
  assert.throws(() => assertFewValues(`{"a":"${padding}"${',"b":1'.repeat(100)}}`, 100), isTooLarge)
})

test('[H14] what stands in a string is no value', () => {
  for (const inside of [',[{'.repeat(40_000), '",'.repeat(40_000), '\\",'.repeat(40_000), '\\'.repeat(80_001)]) {
    const text = JSON.stringify({ [inside]: inside, last: 1 })
    assertFewValues(text, 2)
    assert.throws(() => assertFewValues(`[${text}${',0'.repeat(100)}]`, 100), isTooLarge)
  }
})

test('[H14] a short text is not counted', () => {
  assertFewValues(`[${'0,'.repeat(32_000)}0]`, 100)
})

test('[H14] counting costs no more than parsing, also of a text that is one long string', () => {
  const cheapest = (work: () => unknown) => {
    const times = Array.from({ length: 5 }, () => {
      const from = performance.now()
      work()
      return performance.now() - from
    })
    return Math.min(...times)
  }
  const text = JSON.stringify({ image: 'QUJD'.repeat(1024 * 1024) })
  const [counting, parsing] = [cheapest(() => assertFewValues(text, 2)), cheapest(() => JSON.parse(text))]
  assert.ok(counting <= parsing, `counting took ${counting} ms, parsing ${parsing} ms`)
})
