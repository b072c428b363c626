import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createUnderWay } from './under-way.ts'

const kib = 1024

test('[H15] an address holds so many bytes beyond the first 64 KiB of each, and more when one has ended', () => {
  const underWay = createUnderWay(200 * kib)
  const [one, two, three] = [underWay.from('192.0.2.1'), underWay.from('192.0.2.1'), underWay.from('192.0.2.1')]
  assert.ok(one.add(64 * kib) && one.add(100 * kib))
  assert.ok(two.add(164 * kib))
  assert.ok(three.add(64 * kib), 'what is small is not counted')
  assert.equal(three.add(1), false)
  assert.equal(one.add(1), false)
  assert.ok(underWay.from('192.0.2.2').add(164 * kib), 'another address')
  two.end()
  assert.ok(three.add(100 * kib - 1))
  one.end()
  one.end()
  assert.ok(two.add(160 * kib), 'what ended counts from nothing')
  assert.equal(one.add(70 * kib), false, 'ending twice frees nothing twice')
})

test('[H15] what has nothing beside it passes', () => {
  const underWay = createUnderWay(kib)
  assert.ok(underWay.from('192.0.2.1').add(8 * kib * kib))
  assert.equal(underWay.from('192.0.2.1').add(65 * kib), false)
})

test('[H15] addresses of one IPv6 network count as one', () => {
  const underWay = createUnderWay(kib)
  assert.ok(underWay.from('2001:db8::1').add(66 * kib))
  assert.equal(underWay.from('2001:db8::2').add(66 * kib), false)
})
