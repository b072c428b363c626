import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAddress, isLoopback, isSecure, trustProxies } from './address.ts'

const local = trustProxies(['loopback'])
const none = trustProxies([])
const everyone = trustProxies(['0.0.0.0/0', '::/0'])

const cases: readonly [string, string | undefined, string | undefined, typeof local, string][] = [
  ['without a proxy it is the peer of the connection', '192.0.2.1', undefined, local, '192.0.2.1'],
  ['an IPv4 client on an IPv6 socket', '::ffff:192.0.2.1', undefined, local, '192.0.2.1'],
  ['an untrusted peer cannot choose its address', '192.0.2.1', '198.51.100.9', local, '192.0.2.1'],
  ['a trusted proxy is believed', '127.0.0.1', '198.51.100.9', local, '198.51.100.9'],
  ['also over IPv6', '::1', '2001:db8::7', local, '2001:db8::7'],
  ['only what the proxy itself saw', '127.0.0.1', '10.9.9.9, 198.51.100.9', local, '198.51.100.9'],
  ['through two trusted ones', '127.0.0.1', '198.51.100.9, 127.0.0.2', local, '198.51.100.9'],
  ['a port is left out', '127.0.0.1', '198.51.100.9:4711', local, '198.51.100.9'],
  ['a port of IPv6 too', '127.0.0.1', '[2001:db8::7]:4711', local, '2001:db8::7'],
  ['an invalid address ends the list', '127.0.0.1', '198.51.100.9, unknown', local, '127.0.0.1'],
  ['an empty header', '127.0.0.1', '', local, '127.0.0.1'],
  ['nobody is trusted', '127.0.0.1', '198.51.100.9', none, '127.0.0.1'],
  ['everyone is trusted: the leftmost', '192.0.2.1', '198.51.100.9, 203.0.113.5', everyone, '198.51.100.9'],
]
for (const [name, remote, forwarded, trust, expected] of cases) {
  test(`client address: ${name}`, () => assert.equal(clientAddress(remote, forwarded, trust), expected))
}

test('networks and single addresses are trusted, others not', () => {
  const trust = trustProxies(['10.0.0.0/8', '192.0.2.1', 'fc00::/7', 'uniquelocal'])
  for (const address of ['10.1.2.3', '192.0.2.1', 'fd00::1', '172.16.0.1']) assert.ok(trust(address), address)
  for (const address of ['11.0.0.1', '192.0.2.2', '2001:db8::1', 'localhost', '']) assert.ok(!trust(address), address)
})

test('loopback is loopback', () => {
  assert.ok(isLoopback('127.0.0.1') && isLoopback('::1') && isLoopback('::ffff:127.0.0.1'))
  assert.ok(!isLoopback('192.0.2.1') && !isLoopback('::ffff:192.0.2.1'))
})

test('a connection is secure when it is encrypted or a trusted proxy says so', () => {
  const plain = { remote: '127.0.0.1', encrypted: false, forwardedProto: undefined, trust: local }
  assert.equal(isSecure({ ...plain, encrypted: true }), true)
  assert.equal(isSecure(plain), false)
  assert.equal(isSecure({ ...plain, forwardedProto: 'https' }), true)
  assert.equal(isSecure({ ...plain, forwardedProto: 'https, http' }), true)
  assert.equal(isSecure({ ...plain, forwardedProto: 'http' }), false)
  assert.equal(isSecure({ ...plain, forwardedProto: 'https', remote: '192.0.2.1' }), false)
})
