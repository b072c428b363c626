import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../error.ts'
import { manualTime } from '../testing/manual-time.ts'
import { createReadQueue, type Reader } from './read-queue.ts'
import { openReadQueue, reader, refused } from './testing/read-queue.ts'

test('[T1] a read begins at once if no other waits', () => {
  const { take, began } = openReadQueue()
  void take(reader('ann'), 'one')
  void take(reader('bob'), 'two')
  assert.deepEqual(began, ['one', 'two'])
})

test('[T1] yields to the event loop when reads have had their share of the turn', () => {
  const { take, began, loop } = openReadQueue({ loopMs: 2 })
  for (const name of ['one', 'two', 'three', 'four']) void take(reader(name), name, 1)
  assert.deepEqual(began, ['one', 'two'])
  loop()
  assert.deepEqual(began, ['one', 'two', 'three', 'four'])
})

/** Ends reads one by one, the first `from` have ended, until none waits; answers the order in which they began. */
async function runAll({ began, end, loop }: ReturnType<typeof openReadQueue>, from = 0) {
  for (let seen = from; seen < began.length; seen += 1) {
    await end(began[seen] ?? '')
    while (loop() && began.length === seen + 1);
  }
  return began
}

test('[T2] next is the address that has cost the least, and of it the reader that has', async () => {
  const all = openReadQueue({ atOnce: 1 })
  const busy = reader('busy', 'a')
  for (let n = 0; n < 3; n += 1) void all.take(busy, `a busy ${n}`)
  void all.take(reader('shy', 'a'), 'a shy')
  void all.take(reader('other', 'b'), 'b other')
  assert.deepEqual(await runAll(all), ['a busy 0', 'b other', 'a shy', 'a busy 1', 'a busy 2'])
})

test('[T2] cheap reads of one address go before a dear one of each other address', async () => {
  const all = openReadQueue({ atOnce: 1, loopMs: 1000 })
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
  const all = openReadQueue({ atOnce: 1 })
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
  const all = openReadQueue({ atOnce: 1, loopMs: 1000 })
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
  const { take, began, loop, end } = openReadQueue()
  const ann = reader('ann', 'ann', 2)
  for (const name of ['one', 'two', 'three']) void take(ann, name)
  loop()
  assert.deepEqual(began, ['one', 'two'])
  await end('one')
  loop()
  assert.deepEqual(began, ['one', 'two', 'three'])
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
  const { take, loop, end } = openReadQueue()
  for (let n = 0; n < 100; n += 1) {
    void take(reader(`${n}`), `${n}`)
    await end(`${n}`)
  }
  loop()
  assert.equal(loop(), false)
})
