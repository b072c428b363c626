import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWaitingCalls } from './waiting-calls.ts'

test('[CO5] what all connections of an address have waiting is bounded in calls and bytes, and given back', () => {
  const waitingOf = createWaitingCalls({ calls: 3, bytes: 100 })
  const [one, same, other] = [waitingOf('192.0.2.1'), waitingOf('192.0.2.1'), waitingOf('192.0.2.2')]
  assert.deepEqual([one.add(10), same.add(10), one.add(10)], [true, true, true])
  assert.equal(same.add(10), false)
  assert.equal(other.add(100), true)
  assert.equal(other.add(1), false)
  one.remove(10)
  assert.equal(same.add(81), false)
  assert.equal(same.add(80), true)
  for (const bytes of [10, 10, 80]) one.remove(bytes)
  assert.deepEqual([one.add(100), one.add(1)], [true, false])
})

test('[CO5] IPv6 clients count for their /64 network, and for their /48, which has room for 16 times as much', () => {
  const waitingOf = createWaitingCalls({ calls: 1, bytes: 100 })
  assert.equal(waitingOf('2001:db8:1:1::1').add(1), true)
  assert.equal(waitingOf('2001:db8:1:1::2').add(1), false)
  const networks = Array.from({ length: 16 }, (_each, n) => waitingOf(`2001:db8:1:${n + 2}::1`).add(1))
  assert.deepEqual(
    networks,
    Array.from({ length: 16 }, (_each, n) => n < 15),
  )
  assert.equal(waitingOf('2001:db8:2:1::1').add(1), true)
})
