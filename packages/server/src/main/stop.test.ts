import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStop, sameSignal, stopGrace } from './stop.ts'

function stopping() {
  let now = 0
  let overdue: () => void = () => assert.fail('nothing was started')
  const stopped = Promise.withResolvers<void>()
  const ends: number[] = []
  const failures: string[] = []
  let stops = 0
  const stop = createStop({
    async stop() {
      stops++
      await stopped.promise
    },
    leave: (status) => void ends.push(status),
    onFailure: (_error, words) => void failures.push(words),
    clock: { now: () => now, monotonic: () => now },
    timers: {
      after(ms, run) {
        assert.equal(ms, stopGrace)
        overdue = run
        return () => undefined
      },
    },
  })
  return {
    stop,
    ends,
    failures,
    stopped,
    stops: () => stops,
    pass: (ms: number) => void (now += ms),
    runOut: () => overdue(),
  }
}

test('[END1] the first signal stops in order and ends with 0', async () => {
  const { stop, stopped, ends, stops } = stopping()
  stop.started()
  stop.signal('SIGTERM')
  assert.deepEqual(ends, [])
  stopped.resolve()
  await stopped.promise
  await Promise.resolve()
  assert.deepEqual([stops(), ends], [1, [0]])
})

test('[END1] ends a hanging stop after the grace and a failed one at once, both with status 1 and a log line', async () => {
  const hung = stopping()
  hung.stop.started()
  hung.stop.signal('SIGTERM')
  hung.runOut()
  assert.deepEqual(hung.ends, [1])
  assert.match(hung.failures[0] ?? '', /did not stop within 9 s/)

  const failed = stopping()
  failed.stop.started()
  failed.stop.signal('SIGINT')
  failed.stopped.reject(new Error('no'))
  await failed.stopped.promise.catch(() => undefined)
  await Promise.resolve()
  await Promise.resolve()
  assert.deepEqual(failed.ends, [1])
  assert.match(failed.failures[0] ?? '', /in order/)
})

test('[END2] a second signal within a second is ignored, a later one ends the process at once', () => {
  const { stop, ends, stops, pass } = stopping()
  stop.started()
  stop.signal('SIGINT')
  pass(sameSignal - 1)
  stop.signal('SIGTERM')
  assert.deepEqual([stops(), ends], [1, []])
  pass(1)
  stop.signal('SIGTERM')
  assert.deepEqual([stops(), ends], [1, [143]])
})

test('[END2] before the server has started a signal just ends the process', () => {
  const { stop, ends, stops } = stopping()
  stop.signal('SIGINT')
  assert.deepEqual([stops(), ends], [0, [130]])
})
