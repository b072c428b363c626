import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTally } from './tally.ts'

test('[G1] an address has a bounded count, and gets back what it released', () => {
  const tally = createTally(2)
  assert.deepEqual([tally.add('192.0.2.1'), tally.add('192.0.2.1'), tally.add('192.0.2.1')], [true, true, false])
  assert.ok(tally.add('192.0.2.2'))
  tally.remove('192.0.2.1')
  assert.ok(tally.hasRoom('192.0.2.1') && tally.add('192.0.2.1'))
  for (let n = 0; n < 5; n += 1) tally.remove('192.0.2.3')
  assert.deepEqual([tally.add('192.0.2.3'), tally.add('192.0.2.3'), tally.add('192.0.2.3')], [true, true, false])
})

test('[G4] an IPv6 address counts for its /64, and that for its /48, which has room for 16', () => {
  const tally = createTally(2)
  for (let net = 0; net < 16; net += 1) {
    for (let host = 1; host <= 2; host += 1) assert.ok(tally.add(`2001:db8:1:${net}::${host}`))
    assert.equal(tally.add(`2001:db8:1:${net}::3`), false)
  }
  assert.equal(tally.add('2001:db8:1:ff::1'), false, 'a new /64 of the same /48')
  assert.ok(tally.add('2001:db8:2::1'), 'another /48')
  tally.remove('2001:db8:1:7::1')
  assert.ok(tally.add('2001:db8:1:ff::1'))
  for (let n = 0; n < 3; n += 1) tally.remove('2001:db8:1:fe::1')
  assert.equal(tally.add('2001:db8:1:fd::1'), false, 'what was never there frees nothing')
})
