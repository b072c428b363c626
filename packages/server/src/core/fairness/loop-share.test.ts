import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLoopShare } from './loop-share.ts'

/** Work that takes its time in a promise, over event loop turns that the test controls. */
function harness(ms: number) {
  let now = 0
  let due: (() => void)[] = []
  const done: string[] = []
  const took: number[] = []
  const waiting: string[] = []
  const next = () => {
    const name = waiting.shift()
    if (name === undefined) return undefined
    const work = async () => {
      await Promise.resolve()
      await Promise.resolve()
      done.push(name)
      now += 1
    }
    return { run: () => void work(), took: (time: number) => void took.push(time) }
  }
  const share = createLoopShare({ monotonic: () => now, soon: (run) => void due.push(run), ms, next })
  return {
    share,
    done,
    took,
    waiting,
    async turn(): Promise<boolean> {
      const runs = due
      due = []
      for (const run of runs) run()
      await new Promise((resolve) => setImmediate(resolve))
      return runs.length > 0
    },
  }
}

test('[G7] [T1] what a piece leaves to promises counts to the share, and settles before the next piece', async () => {
  const { share, done, took, waiting, turn } = harness(2)
  waiting.push('a', 'b', 'c', 'd', 'e')
  share.schedule()
  await turn()
  assert.deepEqual(done, ['a', 'b'])
  await turn()
  assert.deepEqual(done, ['a', 'b', 'c', 'd'])
  await turn()
  await turn()
  assert.deepEqual([done.at(-1), took], ['e', [1, 1, 1, 1, 1]])
  assert.equal(await turn(), false, 'an idle loop is left alone')
})

test('[T1] work that is ready while the turn has time does not wait for the next', async () => {
  const { share, done, waiting, turn } = harness(2)
  waiting.push('a')
  share.wake()
  assert.deepEqual(done, [], 'after the promises that are due')
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(done, ['a'])
  waiting.push('b', 'c')
  share.wake()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(done, ['a', 'b'])
  share.wake()
  await turn()
  assert.deepEqual(done, ['a', 'b', 'c'])
})

test('[T1] work that throws does not hold up what waits behind it', async () => {
  const done: string[] = []
  const waiting = [
    () => {
      throw new Error('broken')
    },
    () => void done.push('next'),
  ]
  const next = () => {
    const run = waiting.shift()
    return run && { run }
  }
  const due: (() => void)[] = []
  const share = createLoopShare({ monotonic: () => 0, soon: (run) => void due.push(run), ms: 2, next })
  share.schedule()
  assert.throws(() => due.shift()?.(), /broken/)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(done, ['next'])
})
