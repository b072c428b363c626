import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../error.ts'
import { manualTime } from '../testing/manual-time.ts'
import { createReadQueue } from './read-queue.ts'
import { openReadQueue, reader, refused } from './testing/read-queue.ts'

test('[T1] reads that become ready at the same time continue one by one while the turn has time', async () => {
  const { clock, timers, advance } = manualTime()
  let due: (() => void)[] = []
  const readQueue = createReadQueue({ clock, timers, soon: (run) => void due.push(run), limits: { loopMs: 2 } })
  const synced = Promise.withResolvers<void>()
  const wentOn: string[] = []
  const reads = ['one', 'two', 'three', 'four', 'five'].map((name) =>
    readQueue.take(reader(name), async (permit) => {
      await synced.promise
      await permit.pace('read')
      wentOn.push(name)
      await Promise.resolve()
      // Its work on the result of the read.
      advance(1)
    }),
  )
  const loop = async () => {
    const runs = due
    due = []
    for (const run of runs) run()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await loop()
  synced.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(wentOn, ['one', 'two'])
  await loop()
  assert.deepEqual(wentOn, ['one', 'two', 'three', 'four'])
  await loop()
  await Promise.all(reads)
  assert.equal(wentOn.length, 5)
})

test('[T1] what was read is worked on before more is read, and few reads hold a result', async () => {
  const { clock, timers, advance } = manualTime()
  let due: (() => void)[] = []
  const readQueue = createReadQueue({
    clock,
    timers,
    soon: (run) => void due.push(run),
    limits: { loopMs: 1, held: 2 },
  })
  const steps: string[] = []
  const synced = Promise.withResolvers<void>()
  const reads = ['one', 'two', 'three'].map((name) =>
    readQueue.take(reader(name), async (permit) => {
      await permit.pace('read')
      steps.push(`${name} read`)
      advance(1)
      await synced.promise
      await permit.pace('result')
      steps.push(`${name} done`)
      advance(1)
    }),
  )
  const loop = async () => {
    const runs = due
    due = []
    for (const run of runs) run()
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let n = 0; n < 5; n += 1) await loop()
  assert.deepEqual(steps, ['one read', 'two read'])
  synced.resolve()
  for (let n = 0; n < 8; n += 1) await loop()
  await Promise.all(reads)
  assert.deepEqual(steps.slice(2), ['one done', 'two done', 'three read', 'three done'])
})

test('[T1] a read that fails while it holds a result leaves its place', async () => {
  const { clock, timers } = manualTime()
  const readQueue = createReadQueue({ clock, timers, limits: { held: 1 } })
  const failing = readQueue.take(reader('ann'), async (permit) => {
    await permit.pace('read')
    throw new AppError('not_found')
  })
  assert.equal(await refused(failing), 'not_found')
  const next = readQueue.take(reader('bob'), async (permit) => {
    await permit.pace('read')
    return 'read'
  })
  assert.equal(await next, 'read')
})

test('[T8] a read that waits aside delays no other, and continues when a place is free', async () => {
  const { readQueue, take, began, loop, end } = openReadQueue({ atOnce: 1 })
  const hashed = Promise.withResolvers<string>()
  const joins = readQueue.take(reader('ann'), async (permit) => {
    const found = await permit.aside(() => hashed.promise)
    began.push('goes on')
    return found
  })
  void take(reader('bob'), 'two')
  void take(reader('cid'), 'three')
  loop()
  assert.deepEqual(began, ['two'])
  hashed.resolve('right')
  await end()
  loop()
  assert.deepEqual(began, ['two'], 'one more would be one too many')
  await end('two')
  loop()
  await end()
  assert.deepEqual([began, await joins], [['two', 'goes on'], 'right'])
  loop()
  assert.deepEqual(began, ['two', 'goes on', 'three'])
  await end('three')
  assert.equal(loop() && loop(), false, 'the loop is left alone')
})

test('[T8] a failure aside fails its read and frees its place', async () => {
  const { readQueue, take, began, loop, end } = openReadQueue({ atOnce: 1 })
  const fails = readQueue.take(reader('ann'), (permit) => permit.aside(() => Promise.reject(new AppError('not_found'))))
  assert.equal(await refused(fails), 'not_found')
  void take(reader('bob'), 'two')
  loop()
  assert.deepEqual(began, ['two'])
  await end('two')
})
