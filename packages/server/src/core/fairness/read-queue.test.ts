import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../error.ts'
import { manualTime } from '../testing/manual-time.ts'
import { createReadQueue, type Reader, type ReadQueueLimits } from './read-queue.ts'

/** Turns with an event loop, a clock and readers that the test controls. */
function harness(limits: Partial<ReadQueueLimits> = {}) {
  const { clock, timers, advance } = manualTime()
  let due: (() => void)[] = []
  let tight = new Set<string>()
  const readQueue = createReadQueue({
    clock,
    timers,
    soon: (run) => void due.push(run),
    settled: (run) => run(),
    isTight: (address) => tight.has(address),
    limits,
  })
  const began: string[] = []
  const ends = new Map<string, () => void>()
  return {
    readQueue,
    advance,
    began,
    setTight: (...addresses: string[]) => void (tight = new Set(addresses)),
    /** A read that lasts until the test ends it by name; `ms` is the time for which it blocks the event loop. */
    take(reader: Reader, name: string, ms = 0): Promise<string> {
      return readQueue.take(reader, () => {
        began.push(name)
        advance(ms)
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
      })
    },
    async end(...names: string[]) {
      for (const name of names) ends.get(name)?.()
      await Promise.resolve()
      for (let n = 0; n < 5; n += 1) await Promise.resolve()
    },
    /** Runs the next turn of the event loop; false: nothing is scheduled. */
    loop(): boolean {
      const runs = due
      due = []
      for (const run of runs) run()
      return runs.length > 0
    },
  }
}

function reader(key: string, address = key, atOnce = 1) {
  const state = { behind: false, gone: false, drained: [] as (() => void)[] }
  const made: Reader = {
    ...{ key, address, atOnce },
    isBehind: () => state.behind,
    whenDrained: (run) => void state.drained.push(run),
    isGone: () => state.gone,
    hearsRefusals: false,
  }
  return Object.assign(made, {
    leave: () => void (state.gone = true),
    fallBehind: () => void (state.behind = true),
    drain() {
      state.behind = false
      for (const run of state.drained.splice(0)) run()
    },
    asked: () => state.drained.length,
  })
}

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => 'passed',
    (error) => (error instanceof AppError ? error.code : 'thrown'),
  )

test('[T1] a read begins at once if no other waits', () => {
  const { take, began } = harness()
  void take(reader('ann'), 'one')
  void take(reader('bob'), 'two')
  assert.deepEqual(began, ['one', 'two'])
})

test('[T1] yields to the event loop when reads have had their share of the turn', () => {
  const { take, began, loop } = harness({ loopMs: 2 })
  for (const name of ['one', 'two', 'three', 'four']) void take(reader(name), name, 1)
  assert.deepEqual(began, ['one', 'two'])
  loop()
  assert.deepEqual(began, ['one', 'two', 'three', 'four'])
})

/** Ends reads one by one, the first `from` have ended, until none waits; answers the order in which they began. */
async function runAll({ began, end, loop }: ReturnType<typeof harness>, from = 0) {
  for (let seen = from; seen < began.length; seen += 1) {
    await end(began[seen] ?? '')
    while (loop() && began.length === seen + 1);
  }
  return began
}

test('[T2] next is the address that has cost the least, and of it the reader that has', async () => {
  const all = harness({ atOnce: 1 })
  const busy = reader('busy', 'a')
  for (let n = 0; n < 3; n += 1) void all.take(busy, `a busy ${n}`)
  void all.take(reader('shy', 'a'), 'a shy')
  void all.take(reader('other', 'b'), 'b other')
  assert.deepEqual(await runAll(all), ['a busy 0', 'b other', 'a shy', 'a busy 1', 'a busy 2'])
})

test('[T2] cheap reads of one address go before a dear one of each other address', async () => {
  const all = harness({ atOnce: 1, loopMs: 1000 })
  const dear = ['x', 'y', 'z'].map((name) => reader(name))
  for (const one of dear) for (let n = 0; n < 3; n += 1) void all.take(one, `${one.key}${n}`, 5)
  for (let n = 0; n < 9; n += 1) void all.take(reader('cheap'), `cheap ${n}`)
  const order = await runAll(all)
  assert.ok(order.indexOf('cheap 8') < order.indexOf('x1'), order.join(', '))
  assert.deepEqual(
    order
      .filter((name) => !name.startsWith('cheap'))
      .slice(0, 6)
      .map((name) => name.slice(1)),
    [...['0', '0', '0'], ...['1', '1', '1']],
  )
})

test('[T2] an answer costs its bytes', async () => {
  const all = harness({ atOnce: 1 })
  const take = (who: Reader, name: string, bytes: number) =>
    all.readQueue.take(who, async (permit) => {
      all.began.push(name)
      permit.answers(bytes)
    })
  const [large, small] = [reader('large'), reader('small')]
  const reads = [0, 1, 2].flatMap((n) => [take(large, `large ${n}`, 1024 * 1024), take(small, `small ${n}`, 64 * 1024)])
  for (let n = 0; n < 20; n += 1) {
    await all.end()
    all.loop()
  }
  await Promise.all(reads)
  assert.deepEqual(all.began, ['large 0', 'small 0', 'small 1', 'small 2', 'large 1', 'large 2'])
})

test('[T2] a newcomer is not held up by what it used before, and one that pauses earns nothing', async () => {
  const all = harness({ atOnce: 1, loopMs: 1000 })
  const [late, steady] = [reader('late'), reader('steady')]
  for (let n = 0; n < 8; n += 1) void all.take(steady, `steady ${n}`, 5)
  for (let n = 0; n < 4; n += 1) {
    await all.end(`steady ${n}`)
    all.loop()
  }
  for (let n = 0; n < 4; n += 1) void all.take(late, `late ${n}`, 5)
  const order = await runAll(all, 4)
  assert.deepEqual(order.slice(4), [
    ...['steady 4', 'late 0', 'steady 5', 'late 1', 'steady 6', 'late 2', 'steady 7', 'late 3'],
  ])
})

test('[T3] bounds the reads that run at once for one reader', async () => {
  const { take, began, loop, end } = harness()
  const ann = reader('ann', 'ann', 2)
  for (const name of ['one', 'two', 'three']) void take(ann, name)
  loop()
  assert.deepEqual(began, ['one', 'two'])
  await end('one')
  loop()
  assert.deepEqual(began, ['one', 'two', 'three'])
})

test('[T8] a read that waits aside delays no other, and continues when a place is free', async () => {
  const { readQueue, take, began, loop, end } = harness({ atOnce: 1 })
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
  const { readQueue, take, began, loop, end } = harness({ atOnce: 1 })
  const fails = readQueue.take(reader('ann'), (permit) => permit.aside(() => Promise.reject(new AppError('not_found'))))
  assert.equal(await refused(fails), 'not_found')
  void take(reader('bob'), 'two')
  loop()
  assert.deepEqual(began, ['two'])
  await end('two')
})

test('[T4] [RC7] nothing is read for a slow consumer, and others do not wait for it', async () => {
  const { take, began, loop, advance, end } = harness()
  const slow = reader('slow')
  slow.fallBehind()
  const first = take(slow, 'first')
  void take(slow, 'second')
  void take(reader('quick'), 'quick')
  loop()
  assert.deepEqual(began, ['quick'])
  assert.equal(slow.asked(), 1, 'it is asked once')
  advance(60_000)
  slow.drain()
  loop()
  assert.deepEqual(began, ['quick', 'first'])
  await end('first', 'quick')
  assert.equal(await first, 'first')
})

test('[T5] refuses with rate_limited a read too many, and one that waits too long', async () => {
  const { take, loop, advance, end } = harness({ atOnce: 1, waiting: 2, waitMs: 4000 })
  const ann = reader('ann')
  void take(ann, 'runs')
  const waits = take(ann, 'waits')
  const late = take(ann, 'late')
  assert.equal(await refused(take(ann, 'too many')), 'rate_limited')
  await end('runs')
  loop()
  advance(5000)
  assert.equal(await refused(late), 'rate_limited')
  await end('waits')
  assert.equal(await waits, 'waits')
})

test('[T5] a reader that hears refusals is refused after the time, also while it is behind', async () => {
  const { take, loop, advance } = harness({ waitMs: 4000 })
  const caller = { ...reader('ann'), hearsRefusals: true, isBehind: () => true }
  const waits = take(caller, 'waits')
  loop()
  advance(5000)
  assert.equal(await refused(waits), 'rate_limited')
})

test('[T6] no read begins for an address with too large a backlog, and others continue', () => {
  const { take, began, loop, advance, setTight } = harness()
  setTight('ann')
  void take(reader('ann'), 'one')
  loop()
  assert.deepEqual(began, [])
  void take(reader('bob'), 'two')
  loop()
  assert.deepEqual(began, ['two'])
  setTight()
  advance(500)
  loop()
  assert.deepEqual(began, ['two', 'one'])
})

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

test('a failed read fails only its caller', async () => {
  const { clock, timers } = manualTime()
  const readQueue = createReadQueue({ clock, timers })
  const ann = reader('ann')
  assert.equal(await refused(readQueue.take(ann, () => Promise.reject(new AppError('not_found')))), 'not_found')
  assert.equal(
    await refused(
      readQueue.take(ann, () => {
        throw new Error('broken')
      }),
    ),
    'thrown',
  )
  assert.equal(await readQueue.take(ann, () => 'read'), 'read')
})

test('forgets readers that are done, and schedules nothing while idle', async () => {
  const { take, loop, end } = harness()
  for (let n = 0; n < 100; n += 1) {
    void take(reader(`${n}`), `${n}`)
    await end(`${n}`)
  }
  loop()
  assert.equal(loop(), false)
})

test('[T5] reads of a client who has gone are never run, whether they waited by then or come later, and hold no turn', async () => {
  const all = harness({ atOnce: 1, loopMs: 2 })
  const [left, stays] = [reader('left'), reader('stays')]
  const first = all.take(left, 'first')
  const waited = Array.from({ length: 4 }, (_each, n) => refused(all.take(left, `waited ${n}`)))
  const answered = all.take(stays, 'stays')
  left.leave()
  const later = Array.from({ length: 20 }, () => refused(all.take(left, 'later').finally(() => all.advance(1))))
  let turns = 0
  all.advance(500)
  while (all.loop()) {
    turns += 1
    await Promise.resolve()
  }
  assert.deepEqual(all.began, ['first'])
  assert.deepEqual(await Promise.all([...waited, ...later]), Array(24).fill('rate_limited'))
  assert.ok(turns > 1)
  await all.end('first')
  all.loop()
  await all.end('stays')
  await Promise.all([first, answered])
  assert.deepEqual(all.began, ['first', 'stays'])
})
