import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { createProfiles } from '../../../room/people.ts'
import { createTokens } from './tokens.ts'
import { createVerification } from './verification.ts'

test('[T6] the tokens of an ended session become invalid, those of other sessions stay cached', async () => {
  const { clock } = manualTime()
  const tokens = createTokens({ clock, keys: { current: 'a-secret-of-the-tests-that-is-long-enough', previous: [] } })
  const profile = { id: 'u', name: 'Ann', avatar_url: null, guest: false }
  const asked: string[] = []
  const verification = createVerification({
    store: {
      async user(session_id) {
        asked.push(session_id)
        return { num: 1, profile, live: true, seen_at: clock.now() }
      },
      touch: () => Promise.resolve(true),
    },
    tokens,
    profiles: createProfiles(async (nums) => nums.map((num) => ({ num, profile }))),
    clock,
    onFailure: (error) => assert.fail(String(error)),
  })
  const sign = (sid: string) => tokens.signAccess({ sub: 'u', sid, fresh: false }, 3600)
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
