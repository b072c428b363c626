import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDiskTurns } from './disk-turns.ts'

test('[BL7] work of the disk runs two at once, in the order in which it came, also behind work that fails', async () => {
  const run = createDiskTurns(2)
  const begun: number[] = []
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const ended = works.map(({ promise }, at) =>
    run(() => {
      begun.push(at)
      return promise
    }).then(
      () => 'done',
      () => 'failed',
    ),
  )
  assert.deepEqual(begun, [0, 1])
  works[1]?.reject(new Error('the disk is broken'))
  assert.equal(await ended[1], 'failed')
  assert.deepEqual(begun, [0, 1, 2])
  for (const { resolve } of works) resolve()
  assert.deepEqual(await Promise.all(ended), ['done', 'failed', 'done', 'done', 'done'])
  assert.deepEqual(begun, [0, 1, 2, 3, 4])
})
