import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Caller } from '../../core/caller.ts'
import type { ActionContract, LimitName } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { manualTime } from '../../core/manual-time.ts'
import { scaledLimits } from '../../config/limits.ts'
import { bucketsContract } from './buckets-contract.ts'
import { addressKey, createLimiter, type LimitRate } from './limiter.ts'
import { createLocalBuckets } from './local.ts'

bucketsContract('local', async () => {
  const { clock, advance } = manualTime()
  return { buckets: createLocalBuckets({ clock }), advance }
})

const nobody = (address: string): Caller => ({ kind: 'nobody', address })
const user = (id: string, address: string): Caller => ({
  kind: 'user',
  address,
  user: { num: 1, id },
  profile: { id, name: id, avatar_url: null, guest: false },
  session_id: null,
  expires_at: null,
})
const empty = z.object({})
const limitOf = (limit: LimitName) => ({
  contract: { summary: '', input: empty, output: empty, caller: 'anyone', limit, errors: [] } satisfies ActionContract,
})

function limiter(change: Partial<Record<LimitName, LimitRate>>) {
  const { clock, advance } = manualTime()
  const rates = { ...scaledLimits(1).rates, ...change }
  const limit = createLimiter({ rates, buckets: createLocalBuckets({ clock }) })
  const passes = (name: LimitName, caller: Caller) => {
    try {
      limit(limitOf(name), caller)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'rate_limited') return false
      throw error
    }
  }
  return { limit, passes, advance }
}

test('a limit by caller counts the user wherever they are, and someone without a token by address', () => {
  const { passes } = limiter({ read: { burst: 1, perSecond: 1, by: 'caller' } })
  assert.ok(passes('read', user('ann', '10.0.0.1')))
  assert.ok(!passes('read', user('ann', '10.0.0.2')))
  assert.ok(passes('read', user('bob', '10.0.0.1')))
  assert.ok(passes('read', nobody('10.0.0.1')))
  assert.ok(!passes('read', nobody('10.0.0.1')))
})

test('a limit by address counts all who share it', () => {
  const { passes } = limiter({ sign_in: { burst: 1, perSecond: 1, by: 'address' } })
  assert.ok(passes('sign_in', user('ann', '10.0.0.1')))
  assert.ok(!passes('sign_in', nobody('10.0.0.1')))
  assert.ok(passes('sign_in', nobody('10.0.0.2')))
})

test('the refusal says in whole seconds when to come back', () => {
  const { limit } = limiter({ write: { burst: 1, perSecond: 0.4, by: 'caller' } })
  limit(limitOf('write'), nobody('10.0.0.1'))
  assert.throws(
    () => limit(limitOf('write'), nobody('10.0.0.1')),
    (error) => error instanceof AppError && error.code === 'rate_limited' && error.details.retry_after === 3,
  )
})

test('factor 0 lifts every limit', () => {
  const { clock } = manualTime()
  const limit = createLimiter({ rates: scaledLimits(0).rates, buckets: createLocalBuckets({ clock }) })
  for (const name of ['sign_in', 'read', 'write', 'message', 'join', 'signal', 'ping'] as const) {
    for (let call = 0; call < 1_000; call++) limit(limitOf(name), nobody('10.0.0.1'))
  }
})

test('budgets beyond the capacity are given up, those in use last', () => {
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
