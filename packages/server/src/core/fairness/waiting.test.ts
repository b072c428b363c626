import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openReadQueue, reader, refused } from './testing/read-queue.ts'

test('[T4] [RC7] nothing is read for a slow consumer, and others do not wait for it', async () => {
  const { take, began, loop, advance, end } = openReadQueue()
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
  const { take, loop, advance, end } = openReadQueue({ atOnce: 1, waiting: 2, waitMs: 4000 })
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
  const { take, loop, advance } = openReadQueue({ waitMs: 4000 })
  const caller = { ...reader('ann'), hearsRefusals: true, isBehind: () => true }
  const waits = take(caller, 'waits')
  loop()
  advance(5000)
  assert.equal(await refused(waits), 'rate_limited')
})

test('[T6] no read begins for an address with too large a backlog, and others continue', () => {
  const { take, began, loop, advance, setTight } = openReadQueue()
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

test('[T5] reads of a client who has gone are never run, whether they waited by then or come later, and hold no turn', async () => {
  const all = openReadQueue({ atOnce: 1, loopMs: 2 })
  const [left, stays] = [reader('left'), reader('stays')]
  const first = all.take(left, 'first')
  const ended: string[] = []
  const take = (name: string) => refused(all.take(left, name)).then((code) => void ended.push(code))
  for (let n = 0; n < 4; n += 1) void take(`waited ${n}`)
  const answered = all.take(stays, 'stays')
  left.leave()
  for (let n = 0; n < 20; n += 1) void take('later').then(() => all.advance(1))
  let turns = 0
  all.advance(500)
  // One turn would do for each of them; a queue that forgets them would schedule turns without end.
  while (all.loop() && turns < 100) {
    turns += 1
    await Promise.resolve()
  }
  await all.end()
  assert.deepEqual(all.began, ['first'], 'a read of a client who has gone began')
  assert.equal(ended.length, 24, 'reads of a client who has gone wait for ever')
  assert.deepEqual(new Set(ended), new Set(['rate_limited']))
  assert.ok(turns > 1, 'all of them ended in one turn')
  await all.end('first')
  all.loop()
  await all.end('stays')
  await Promise.all([first, answered])
  assert.deepEqual(all.began, ['first', 'stays'])
})
