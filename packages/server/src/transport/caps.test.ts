import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../core/error.ts'
import { manualTime } from '../core/manual-time.ts'
import { createLocalBuckets } from '../platform/limiter/local.ts'
import { createCaps } from './caps.ts'

function caps(connections: number, handshakes = { burst: 2, perSecond: 1 }) {
  const { clock, advance } = manualTime()
  return { ...createCaps({ connections, handshakes, buckets: createLocalBuckets({ clock }) }), advance }
}
const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

test('an address holds as many connections as it may, and one more when one is given back', () => {
  const { open, release } = caps(2)
  open('192.0.2.1')
  open('192.0.2.1')
  assert.throws(() => open('192.0.2.1'), refusal('too_many_connections'))
  open('192.0.2.2')
  release('192.0.2.1')
  open('192.0.2.1')
  assert.throws(() => open('192.0.2.1'), refusal('too_many_connections'))
})

test('addresses of one IPv6 network count as one', () => {
  const { open } = caps(1)
  open('2001:db8::1')
  assert.throws(() => open('2001:db8::2'), refusal('too_many_connections'))
  open('2001:db8:0:1::1')
})

test('giving back more than was taken frees nothing', () => {
  const { open, release } = caps(1)
  release('192.0.2.1')
  release('192.0.2.1')
  open('192.0.2.1')
  assert.throws(() => open('192.0.2.1'), refusal('too_many_connections'))
})

test('handshakes refill with time', () => {
  const { handshake, advance } = caps(10)
  handshake('192.0.2.1')
  handshake('192.0.2.1')
  assert.throws(() => handshake('192.0.2.1'), refusal('rate_limited'))
  handshake('192.0.2.2')
  advance(1000)
  handshake('192.0.2.1')
})
