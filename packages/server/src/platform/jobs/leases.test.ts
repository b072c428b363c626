import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoff } from './backoff.ts'
import { nothingObserved, observe } from './leases.ts'

test('[JB7] the wait doubles with each failure up to an hour, a quarter more or less', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 12, 13, 60].map((failures) => backoff(failures, 0.5)),
    [1000, 2000, 4000, 8000, 2_048_000, 3_600_000, 3_600_000],
  )
  assert.deepEqual([backoff(1, 0), backoff(1, 1)], [750, 1250])
})

test('[JB5] a worker is gone when its lease has not changed in looks over six seconds, and not before', () => {
  let known = nothingObserved
  const gone: string[] = []
  const look = (now: number, ...found: [string, number | null][]) => {
    const seen = observe(
      known,
      found.map(([owner, beat]) => ({ owner, beat })),
      now,
    )
    known = seen.known
    gone.push(...seen.gone.map(({ owner }) => `${owner} at ${now}`))
  }
  for (let now = 0; now <= 8000; now += 1000) look(now, ['silent', null], ['alive', Math.floor(now / 2000)])
  assert.deepEqual(gone, ['silent at 6000'])
  // A process that was held up looks again before it judges.
  look(9000, ['late', 1])
  look(60_000, ['late', 1])
  look(61_000, ['late', 1])
  assert.deepEqual(gone, ['silent at 6000'])
  look(62_000, ['late', 1])
  assert.deepEqual(gone, ['silent at 6000', 'late at 62000'])
})
