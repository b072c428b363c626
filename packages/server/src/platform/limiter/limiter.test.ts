import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressKey, networkShare } from '../../core/address-key.ts'
import type { Caller } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { callersOfAddress, scaledLimits } from '../../config/limits.ts'
import { bucketsSuite } from './testing/buckets.suite.ts'
import { coreRates, type DefinedRate, type LimitRate } from '../../core/rate.ts'
import { identityRates } from '../../features/identity/limits.ts'
import { messageRates } from '../../features/messages/limits.ts'
import { opsRates } from '../../features/ops/limits.ts'
import { roomRates } from '../../features/rooms/limits.ts'
import { addressRequests, createLimiter } from './limiter.ts'
import { createLocalBuckets } from './local.ts'

bucketsSuite('local', async () => {
  const { clock, advance } = manualTime()
  return { buckets: createLocalBuckets({ clock }), advance }
})

const nobody = (address: string): Caller => ({ kind: 'anonymous', address })
/** A caller with an old account: `old` accounts draw only on their own budget. */
const user = (id: string, address: string, guest = false): Caller => ({
  kind: 'user',
  address,
  user: { num: 1, id },
  profile: { id, name: id, avatar_url: null, guest },
  session_id: null,
  expires_at: null,
})
const guest = (id: string, address: string): Caller => user(id, address, true)

const rates = { ...coreRates, ...identityRates, ...messageRates, ...opsRates, ...roomRates }
type Name = keyof typeof rates

function limiter(change: { readonly [name in Name]?: LimitRate }) {
  const { clock, advance } = manualTime()
  const changed: ReadonlyMap<string, LimitRate> = new Map(Object.entries(change))
  const scaled = (rate: DefinedRate) => changed.get(rate.name) ?? rate
  const limit = createLimiter({ scaled, callersOfAddress, buckets: createLocalBuckets({ clock }), clock })
  const passes = (name: Name, caller: Caller, bytes = 0) => {
    try {
      limit.take(rates[name], caller, bytes)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'rate_limited') return false
      throw error
    }
  }
  return { limit, passes, advance, now: clock.now }
}

test('a limit by caller counts a user over all addresses, and anonymous callers by address', () => {
  const { passes } = limiter({ read: { burst: 1, perSecond: 1, by: 'caller' } })
  assert.ok(passes('read', user('ann', '10.0.0.1')))
  assert.ok(!passes('read', user('ann', '10.0.0.2')))
  assert.ok(passes('read', user('bob', '10.0.0.1')))
  assert.ok(passes('read', nobody('10.0.0.1')))
  assert.ok(!passes('read', nobody('10.0.0.1')))
})

test('a limit by address counts all callers of the address', () => {
  const { passes } = limiter({ sign_in: { burst: 1, perSecond: 1, by: 'address' } })
  assert.ok(passes('sign_in', user('ann', '10.0.0.1')))
  assert.ok(!passes('sign_in', nobody('10.0.0.1')))
  assert.ok(passes('sign_in', nobody('10.0.0.2')))
})

test('a refusal carries retry_after in whole seconds', () => {
  const { limit } = limiter({ write: { burst: 1, perSecond: 0.4, by: 'caller' } })
  limit.take('write', nobody('10.0.0.1'), 0)
  assert.throws(
    () => limit.take('write', nobody('10.0.0.1'), 0),
    (error) => error instanceof AppError && error.code === 'rate_limited' && error.details.retry_after === 3,
  )
})

test('factor 0 lifts every limit', () => {
  const { clock } = manualTime()
  const limit = createLimiter({
    ...{ scaled: scaledLimits(0).rate, callersOfAddress, clock },
    buckets: createLocalBuckets({ clock }),
  })
  for (const name of ['sign_in', 'read', 'write', 'message', 'join', 'signal', 'ping'] as const) {
    for (let call = 0; call < 1_000; call++) limit.take(rates[name], nobody('10.0.0.1'), 2 ** 30)
  }
})

test('drops budgets beyond the capacity, the least recently used first', () => {
  const { clock } = manualTime()
  const buckets = createLocalBuckets({ clock, capacity: 100 })
  const rate = { burst: 1, perSecond: 0.001 }
  assert.equal(buckets.take('read', 'first', rate), 0)
  for (let other = 0; other < 49; other++) buckets.take('read', `other ${other}`, rate)
  assert.ok(buckets.take('read', 'first', rate) > 0, 'within the capacity nothing is forgotten')
  for (let other = 0; other < 200; other++) buckets.take('read', `later ${other}`, rate)
  assert.equal(buckets.take('read', 'first', rate), 0)
  assert.ok(buckets.take('read', 'later 199', rate) > 0)
})

test('an address shares a budget with its /64 network', () => {
  assert.equal(addressKey('192.0.2.7'), '192.0.2.7')
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(addressKey('2001:0DB8:1:2::9'), '2001:db8:1:2::/64')
  assert.equal(addressKey('2001:db8::1'), '2001:db8:0:0::/64')
  assert.equal(addressKey('::1'), '0:0:0:0::/64')
})

test('[B3] guests and new accounts of one address share ten budgets, accounts of more than a day have their own', () => {
  const { passes, now } = limiter({ read: { burst: 1, perSecond: 0.001, by: 'caller' } })
  const others = Array.from({ length: 30 }, (_, n) => `guest-${n}`)
  assert.equal(others.filter((id) => passes('read', guest(id, '10.0.0.1'))).length, callersOfAddress)
  assert.ok(passes('read', guest('elsewhere', '10.0.0.2')))
  const accountMadeAt = (ms: number) => {
    const time = ms.toString(16).padStart(12, '0')
    return user(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`, '10.0.0.1')
  }
  assert.ok(!passes('read', accountMadeAt(now() - 3_600_000)), 'an hour old')
  assert.ok(passes('read', accountMadeAt(now() - 25 * 3_600_000)), 'a day old')
})

test('[B3] a /48 network has the budgets of sixteen addresses', () => {
  const { passes } = limiter({ read: { burst: 1, perSecond: 0.001, by: 'caller' } })
  let passed = 0
  for (let net = 0; net < 40; net += 1) {
    for (let n = 0; n < 12; n += 1)
      if (passes('read', guest(`${net} ${n}`, `2001:db8:7:${net.toString(16)}::1`))) passed += 1
  }
  assert.equal(passed, callersOfAddress * networkShare)
})

test('[B3] limits by address also have /64 and /48 budgets, one for each subject', () => {
  const buckets = createLocalBuckets({ clock: manualTime().clock })
  const passes = (address: string, at: string) =>
    buckets.takeAll(addressRequests('waiting', address, { burst: 1, perSecond: 0.001 }, 1, at)) === 0
  assert.deepEqual(
    ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map((address) => passes(address, 'tea')),
    [true, false, true],
  )
  assert.ok(passes('192.0.2.1', 'chess'))
  const nets = Array.from({ length: 40 }, (_, net) => `2001:db8:7:${net.toString(16)}::1`)
  assert.equal(nets.filter((address) => passes(address, 'tea')).length, networkShare)
})

test('[B1] a call pays for its bytes too, and a refused call pays nothing', () => {
  const { passes, advance } = limiter({ sent_bytes: { burst: 1000, perSecond: 100, by: 'caller' } })
  const ann = user('ann', '10.0.0.1')
  assert.ok(passes('write', ann, 900))
  assert.ok(!passes('write', ann, 200))
  assert.ok(passes('write', ann, 100))
  advance(10_000)
  assert.ok(passes('write', ann, 50_000), 'more than the burst takes the whole burst')
  assert.ok(!passes('write', ann, 1))
})

test('[B5] bytes that may stay unsent are taken if the budgets hold all of them, and else none are', () => {
  const { limit, passes, advance } = limiter({ fan_out_bytes: { burst: 1000, perSecond: 100, by: 'caller' } })
  const ann = user('ann', '10.0.0.1')
  assert.ok(!limit.spend('fan_out_bytes', ann, 1001), 'more than the burst')
  assert.ok(limit.spend('fan_out_bytes', ann, 900))
  assert.ok(!limit.spend('fan_out_bytes', ann, 101))
  assert.ok(limit.spend('fan_out_bytes', ann, 100))
  assert.ok(passes('write', ann), 'never in debt')
  advance(1000)
  assert.ok(limit.spend('fan_out_bytes', ann, 100))
})

test('[B2] a debt for bytes sent refuses the next call, and is at most one burst', () => {
  const { limit, passes, advance } = limiter({ answered_bytes: { burst: 1000, perSecond: 100, by: 'caller' } })
  const ann = user('ann', '10.0.0.1')
  limit.charge('answered_bytes', ann, 1000)
  assert.ok(passes('read', ann), 'used up, and not in debt')
  limit.charge('answered_bytes', ann, 500)
  assert.ok(limit.isInDebt('answered_bytes', ann))
  assert.ok(!passes('read', ann))
  advance(5000)
  assert.ok(passes('read', ann))
  limit.charge('answered_bytes', ann, 1e9)
  advance(9999)
  assert.ok(!passes('read', ann))
  advance(2)
  assert.ok(passes('read', ann))
})
