import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { createCaps, guardSockets } from './caps.ts'
import { createOrigins } from './origins.ts'

function caps(connections: number, handshakes = { burst: 100, perSecond: 100 }) {
  const { clock, advance } = manualTime()
  const all = createCaps({ connections, handshakes, buckets: createLocalBuckets({ clock }) })
  const open = (address: string) => {
    const refused = all.admit(address)
    if (!refused) assert.ok(all.opened(address))
    return refused?.code ?? null
  }
  return { ...all, open, advance }
}

test('an address opens connections up to its cap, and one more after one has closed', () => {
  const { open, closed } = caps(2)
  assert.deepEqual([open('192.0.2.1'), open('192.0.2.1')], [null, null])
  assert.equal(open('192.0.2.1'), 'too_many_connections')
  assert.equal(open('192.0.2.2'), null)
  closed('192.0.2.1')
  assert.equal(open('192.0.2.1'), null)
  assert.equal(open('192.0.2.1'), 'too_many_connections')
})

test('addresses of one IPv6 network count as one', () => {
  const { open } = caps(1)
  assert.equal(open('2001:db8::1'), null)
  assert.equal(open('2001:db8::2'), 'too_many_connections')
  assert.equal(open('2001:db8:0:1::1'), null)
})

test('closing more often than opening frees nothing', () => {
  const { open, closed } = caps(1)
  closed('192.0.2.1')
  closed('192.0.2.1')
  assert.equal(open('192.0.2.1'), null)
  assert.equal(open('192.0.2.1'), 'too_many_connections')
})

test('handshakes refill with time, and the refusal says when', () => {
  const { admit, advance } = caps(10, { burst: 2, perSecond: 0.5 })
  assert.deepEqual([admit('192.0.2.1'), admit('192.0.2.1')], [null, null])
  const refused = admit('192.0.2.1')
  assert.deepEqual([refused?.code, refused?.details.retry_after], ['rate_limited', 2])
  assert.equal(admit('192.0.2.2'), null)
  advance(2000)
  assert.equal(admit('192.0.2.1'), null)
})

test('a socket is refused for its origin at every request, for its address only when it is new', () => {
  const settings = {
    origins: createOrigins({ list: ['http://localhost:*'], hostVouches: true }),
    forceHttps: false,
  }
  const { admit } = guardSockets(caps(10, { burst: 1, perSecond: 1 }), settings)
  const knock = {
    origin: 'http://localhost:5173',
    host: 'parlor.example',
    sender: { address: '192.0.2.1', isSecure: false },
    fresh: true,
  }
  assert.equal(admit({ ...knock, origin: 'https://evil.example' })?.code, 'origin_not_allowed')
  assert.equal(admit({ ...knock, origin: 'https://evil.example', fresh: false })?.code, 'origin_not_allowed')
  assert.equal(admit({ ...knock, origin: null }), null)
  assert.equal(admit(knock)?.code, 'rate_limited')
  assert.equal(admit({ ...knock, fresh: false }), null)
})

test('an unencrypted socket is refused with FORCE_HTTPS', () => {
  const { admit } = guardSockets(caps(10, { burst: 9, perSecond: 1 }), {
    origins: () => true,
    forceHttps: true,
  })
  const knock = { origin: null, host: 'parlor.example', fresh: true }
  assert.equal(admit({ ...knock, sender: { address: '192.0.2.1', isSecure: false } })?.code, 'forbidden')
  assert.equal(admit({ ...knock, sender: { address: '192.0.2.1', isSecure: true } }), null)
})
