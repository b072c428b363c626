import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { createProfiles } from '../../../room/people.ts'
import { createTokens } from './tokens.ts'
import { createVerification } from './verification.ts'

/** Sessions of one user, and which of them the store was asked for. */
function world() {
  const { clock } = manualTime()
  const tokens = createTokens({ clock, keys: { current: 'a-secret-of-the-tests-that-is-long-enough', previous: [] } })
  const profile = { id: 'u', name: 'Ann', avatar_url: null, guest: false }
  const asked: string[] = []
  const verification = createVerification({
    store: {
      async user(session_id) {
        asked.push(session_id)
        return session_id === 'unknown' ? null : { num: 1, profile, live: true, seen_at: clock.now() }
      },
      touch: () => Promise.resolve(true),
    },
    tokens,
    profiles: createProfiles(async (nums) => nums.map((num) => ({ num, profile }))),
    clock,
    isAdmin: () => false,
    onFailure: (error) => assert.fail(String(error)),
  })
  const sign = (sid: string) => tokens.signAccess({ sub: 'u', sid, fresh: false }, 3600)
  return { asked, verification, sign }
}

test('[T3] calls that bring a token while it is being verified share that verification', async () => {
  const { asked, verification, sign } = world()
  const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.1']
  const token = await sign('s1')
  const callers = await Promise.all(addresses.map(async (address) => verification.authenticate(token, address)))
  assert.deepEqual([asked, callers.map(({ address }) => address)], [['s1'], addresses])
  const bad = await sign('unknown')
  for (let n = 0; n < 2; n += 1) {
    const refused = addresses.map((address) => verification.authenticate(bad, address))
    for (const each of refused) await assert.rejects(async () => each, { code: 'token_invalid' })
  }
  assert.deepEqual(asked, ['s1', 'unknown', 'unknown'], 'a failed one is not kept')
})

test('[T6] the tokens of an ended session become invalid, those of other sessions stay cached', async () => {
  const { asked, verification, sign } = world()
  const [one, two, other] = await Promise.all([sign('s1'), sign('s1'), sign('s2')])
  for (const token of [one, two, other, one, two, other]) await verification.authenticate(token, '192.0.2.1')
  assert.deepEqual(asked.splice(0).length, new Set([one, two, other]).size, 'each is verified once')
  verification.end(new Set(['s1', 'unknown']))
  for (const token of [one, two]) {
    await assert.rejects(async () => verification.authenticate(token, '192.0.2.1'), { code: 'token_invalid' })
  }
  asked.length = 0
  await verification.authenticate(other, '192.0.2.1')
  assert.deepEqual(asked, [])
})
