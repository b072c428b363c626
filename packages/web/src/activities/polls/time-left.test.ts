import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeLeft } from './time-left.ts'

test('The time that is left is said in the largest unit that fits', () => {
  const now = Date.UTC(2026, 0, 1)
  const after = (ms: number, language = 'en') => timeLeft(new Date(now + ms).toISOString(), now, language)
  assert.deepEqual(
    [after(20_000), after(600_000), after(3_600_000), after(7 * 86_400_000)],
    ['in 1 minute', 'in 10 minutes', 'in 1 hour', 'in 7 days'],
  )
  assert.equal(after(600_000, 'es'), 'dentro de 10 minutos')
  assert.deepEqual([after(0), after(-1)], [null, null])
})
