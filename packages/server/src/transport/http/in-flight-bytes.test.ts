import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInFlightBytes } from './in-flight-bytes.ts'

const kib = 1024

test('[H15] an address holds so many bytes beyond the first 16 KiB of each, and more when one has ended', () => {
  const inFlight = createInFlightBytes(200 * kib)
  const [one, two, three] = [inFlight.from('192.0.2.1'), inFlight.from('192.0.2.1'), inFlight.from('192.0.2.1')]
  assert.ok(one.add(16 * kib) && one.add(100 * kib))
  assert.ok(two.add(116 * kib))
  assert.ok(three.add(16 * kib), 'what is small is not counted')
  assert.equal(three.add(1), false)
  assert.equal(one.add(1), false)
  assert.ok(inFlight.from('192.0.2.2').add(116 * kib), 'another address')
  two.end()
  assert.ok(three.add(100 * kib - 1))
  one.end()
  one.end()
  assert.ok(two.add(112 * kib), 'what ended counts from nothing')
  assert.equal(one.add(22 * kib), false, 'ending twice frees nothing twice')
})

test('[H15] a body that is the only one in flight passes', () => {
  const inFlight = createInFlightBytes(kib)
  assert.ok(inFlight.from('192.0.2.1').add(8 * kib * kib))
  assert.equal(inFlight.from('192.0.2.1').add(65 * kib), false)
})

test('[H15] addresses of one IPv6 network count as one', () => {
  const inFlight = createInFlightBytes(kib)
  assert.ok(inFlight.from('2001:db8::1').add(66 * kib))
  assert.equal(inFlight.from('2001:db8::2').add(66 * kib), false)
})

test('[H15] all addresses together hold two and a half times what one may', () => {
  const inFlight = createInFlightBytes(100 * kib)
  const held = Array.from({ length: 3 }, (_, n) => inFlight.from(`192.0.2.${n}`))
  for (const one of held) {
    assert.ok(one.add(66 * kib))
    assert.ok(inFlight.from('198.51.100.1').add(16 * kib), 'what is small is not counted')
  }
  for (const one of held.slice(1)) assert.ok(one.add(50 * kib))
  assert.equal(inFlight.from('192.0.2.9').add(17 * kib), false)
  held[0]?.end()
  assert.ok(inFlight.from('192.0.2.9').add(17 * kib))
})
