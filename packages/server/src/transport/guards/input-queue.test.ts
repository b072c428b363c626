import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInputQueue, type Source } from './input-queue.ts'

function harness() {
  let now = 0
  let due: (() => void)[] = []
  const done: string[] = []
  const checks: (() => void)[] = []
  const inputQueue = createInputQueue({
    monotonic: () => now,
    soon: (run) => void due.push(run),
    settled: (run) => run(),
    later: (run) => void checks.push(run),
  })
  return {
    done,
    wait: (ms: number) => void (now += ms),
    /** The time has come at which clients that were behind are looked at again. */
    check() {
      for (const run of checks.splice(0)) run()
    },
    take: (source: Source, name: string, ms: number) =>
      inputQueue.take(source, () => {
        done.push(name)
        now += ms
      }),
    /** Runs the next turn of the event loop; false: nothing is scheduled. */
    turn(): boolean {
      const runs = due
      due = []
      for (const run of runs) run()
      return runs.length > 0
    },
  }
}

function source(address: string) {
  const calls: string[] = []
  return { address, calls, pause: () => void calls.push('pause'), resume: () => void calls.push('resume') }
}

test('[G7] input is processed at once until the share of the turn is used, the rest in later turns', () => {
  const { take, turn, done } = harness()
  const one = source('192.0.2.1')
  for (const name of ['a', 'b', 'c', 'd', 'e']) take(one, name, 1)
  assert.deepEqual(done, ['a', 'b'])
  assert.deepEqual(one.calls, ['pause'])
  turn()
  assert.deepEqual(done, ['a', 'b', 'c', 'd'])
  turn()
  assert.deepEqual([done.at(-1), one.calls], ['e', ['pause', 'resume']])
  turn()
  assert.equal(turn(), false, 'an idle loop is left alone')
})

test('[G7] a source is paused when a second piece waits, and resumed when none does', () => {
  const { take, turn } = harness()
  const [one, other] = [source('192.0.2.1'), source('192.0.2.2')]
  take(one, 'fills the turn', 3)
  take(one, 'a', 1)
  take(other, 'b', 1)
  assert.deepEqual([one.calls, other.calls], [[], []])
  take(other, 'c', 1)
  take(other, 'd', 1)
  assert.deepEqual([one.calls, other.calls], [[], ['pause']])
  while (turn());
  assert.deepEqual([one.calls, other.calls], [[], ['pause', 'resume']])
})

test('[G7] addresses take turns, then their connections, and each is kept in order', () => {
  const { take, turn, done } = harness()
  const [busy, beside, other] = [source('192.0.2.1'), source('192.0.2.1'), source('192.0.2.2')]
  take(busy, 'fills the turn', 3)
  for (const name of ['busy 1', 'busy 2', 'busy 3']) take(busy, name, 3)
  take(beside, 'beside', 3)
  take(other, 'other 1', 3)
  take(other, 'other 2', 3)
  while (turn());
  assert.deepEqual(done.slice(1), ['busy 1', 'other 1', 'beside', 'other 2', 'busy 2', 'busy 3'])
})

test('[G7] a source that comes while others wait goes behind them, also in a new turn', () => {
  const { take, turn, done } = harness()
  const [one, other] = [source('192.0.2.1'), source('192.0.2.2')]
  take(one, 'a', 3)
  take(one, 'b', 3)
  take(one, 'c', 3)
  turn()
  take(other, 'late', 3)
  assert.deepEqual(done, ['a', 'b'])
  turn()
  turn()
  assert.deepEqual(done, ['a', 'b', 'c', 'late'])
})

test('[S9] input of a client that leaves its answers unread waits, without holding up others, until it has read them', () => {
  const { take, turn, check, done } = harness()
  let behind = true
  const slow = { address: '192.0.2.1', isBehind: () => behind }
  for (const name of ['slow one', 'slow two']) take(slow, name, 1)
  take(source('192.0.2.2'), 'other', 1)
  while (turn());
  check()
  while (turn());
  assert.deepEqual(done, ['other'])
  behind = false
  check()
  while (turn());
  assert.deepEqual(done, ['other', 'slow one', 'slow two'])
})

test('[S9] a client that leaves its answers unread for 15 s, with input waiting, is ended, and its input let go', () => {
  const { take, turn, check, wait, done } = harness()
  const ended: string[] = []
  const stuck = {
    address: '192.0.2.1',
    isBehind: () => ended.length === 0,
    onStuck: () => void ended.push('ended'),
  }
  take(stuck, 'waiting', 1)
  wait(14_999)
  check()
  assert.deepEqual(ended, [])
  wait(1)
  check()
  while (turn());
  assert.deepEqual([ended, done], [['ended'], ['waiting']])
})
