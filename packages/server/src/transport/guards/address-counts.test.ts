import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAddressCounts } from './address-counts.ts'

test('[G1] an address has a bounded count, and gets back what it released', () => {
  const counts = createAddressCounts(2)
  assert.deepEqual([counts.add('192.0.2.1'), counts.add('192.0.2.1'), counts.add('192.0.2.1')], [true, true, false])
  assert.ok(counts.add('192.0.2.2'))
  counts.remove('192.0.2.1')
  assert.ok(counts.hasRoom('192.0.2.1') && counts.add('192.0.2.1'))
  for (let n = 0; n < 5; n += 1) counts.remove('192.0.2.3')
  assert.deepEqual([counts.add('192.0.2.3'), counts.add('192.0.2.3'), counts.add('192.0.2.3')], [true, true, false])
})

test('[G4] an IPv6 address counts for its /64, and that for its /48, which has room for 16', () => {
  const counts = createAddressCounts(2)
  for (let net = 0; net < 16; net += 1) {
    for (let host = 1; host <= 2; host += 1) assert.ok(counts.add(`2001:db8:1:${net}::${host}`))
    assert.equal(counts.add(`2001:db8:1:${net}::3`), false)
  }
  assert.equal(counts.add('2001:db8:1:ff::1'), false, 'a new /64 of the same /48')
  assert.ok(counts.add('2001:db8:2::1'), 'another /48')
  counts.remove('2001:db8:1:7::1')
  assert.ok(counts.add('2001:db8:1:ff::1'))
  for (let n = 0; n < 3; n += 1) counts.remove('2001:db8:1:fe::1')
  assert.equal(counts.add('2001:db8:1:fd::1'), false, 'what was never there frees nothing')
})
