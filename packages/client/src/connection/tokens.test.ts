import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { settle, stillTime } from '../testing/client.ts'
import { ParlorError } from '../error.ts'
import { type Keep, memoryKeep } from './storage.ts'
import { createTokens, type SignedIn } from './tokens.ts'

const user = { id: 'ann', username: 'Ann', email: null, guest: true, admin: false, avatar_url: null, created_at: null }
const answer = (n: number): SignedIn => ({
  user,
  access_token: `access ${n}`,
  refresh_token: `refresh ${n}`,
  expires_in: 3600,
})

/** Token requests that the test answers. */
function stage(keep: Keep = memoryKeep(), still = stillTime(), browser = {}) {
  const { time, advance } = still
  const asked: { refresh_token: string; reply: PromiseWithResolvers<SignedIn> }[] = []
  const tokens = createTokens({
    ...{ keep, key: 'parlor::session', browser, time },
    onChange() {},
    exchange(refresh_token) {
      const reply = Promise.withResolvers<SignedIn>()
      asked.push({ refresh_token, reply })
      return reply.promise
    },
  })
  return { tokens, keep, asked, advance, still, now: () => tokens.session.get()?.access_token }
}

const hour = 3_600_000
const offline = new ParlorError('offline', '', { retry: 'resend' })
const invalid = new ParlorError('token_invalid', '', { status: 401 })

suite('tokens', () => {
  test('[C1] are refreshed one minute before they expire', async () => {
    const { tokens, asked, advance, now } = stage()
    tokens.signedIn(answer(1))
    advance(hour - 60_001)
    assert.equal(asked.length, 0)
    advance(1)
    assert.deepEqual(
      asked.map(({ refresh_token }) => refresh_token),
      ['refresh 1'],
    )
    asked[0]?.reply.resolve(answer(2))
    await settle()
    assert.equal(now(), 'access 2')
    advance(hour - 60_000)
    assert.equal(asked[1]?.refresh_token, 'refresh 2')
  })

  test('[C1] concurrent refreshes share one request', async () => {
    const { tokens, asked } = stage()
    tokens.signedIn(answer(1))
    const all = [tokens.refresh(), tokens.refresh(), tokens.refresh()]
    await settle()
    assert.equal(asked.length, 1)
    asked[0]?.reply.resolve(answer(2))
    assert.deepEqual(await Promise.all(all), [true, true, true])
  })

  test('[C1] a tab uses the tokens that another tab refreshed, without a request', async () => {
    const one = stage()
    one.tokens.signedIn(answer(1))
    const other = stage(one.keep, one.still)
    const first = one.tokens.refresh()
    await settle()
    one.asked[0]?.reply.resolve(answer(2))
    await first
    assert.equal(await other.tokens.refresh(), true)
    assert.deepEqual([other.now(), other.asked.length], ['access 2', 0])
  })

  test('[C1] one tab refreshes at a time where the browser has locks', async () => {
    let queue: Promise<unknown> = Promise.resolve()
    const request = <Result>(_: string, run: () => Promise<Result>): Promise<Result> => {
      const mine = queue.then(run)
      queue = mine
      return mine
    }
    const browser = { navigator: { locks: { request } } }
    const one = stage(memoryKeep(), stillTime(), browser)
    one.tokens.signedIn(answer(1))
    const other = stage(one.keep, one.still, browser)
    const both = [one.tokens.refresh(), other.tokens.refresh()]
    await settle()
    assert.deepEqual([one.asked.length, other.asked.length], [1, 0])
    one.asked[0]?.reply.resolve(answer(2))
    assert.deepEqual(await Promise.all(both), [true, true])
    assert.deepEqual([one.now(), other.now(), other.asked.length], ['access 2', 'access 2', 0])
  })

  test('[C2] a refused refresh signs out; an unreachable server does not, and is asked again', async () => {
    const { tokens, asked, advance, keep } = stage()
    tokens.signedIn(answer(1))
    advance(hour - 60_000)
    asked[0]?.reply.reject(offline)
    await settle()
    assert.notEqual(tokens.session.get(), null)
    advance(30_000)
    assert.equal(asked.length, 2)
    asked[1]?.reply.reject(invalid)
    await settle()
    assert.deepEqual([tokens.session.get(), keep.keys()], [null, []])
  })

  test('[C2] a refusal because another tab refreshed first does not sign out', async () => {
    const one = stage()
    one.tokens.signedIn(answer(1))
    const other = stage(one.keep, one.still)
    const late = other.tokens.refresh()
    await settle()
    one.tokens.signedIn(answer(2))
    other.asked[0]?.reply.reject(invalid)
    assert.deepEqual([await late, other.now()], [true, 'access 2'])
  })

  test('[C1] new user data in one tab does not overwrite newer tokens of another tab', async () => {
    const one = stage()
    one.tokens.signedIn(answer(1))
    const other = stage(one.keep, one.still)
    one.tokens.signedIn(answer(2))
    other.tokens.know({ ...user, username: 'Anna' })
    const third = stage(one.keep, one.still)
    assert.deepEqual([third.now(), third.tokens.session.get()?.user?.username], ['access 2', 'Anna'])
  })

  test('[C5] refreshing or ending a session does not touch a newer session of another tab', async () => {
    const bob = { ...answer(9), user: { ...user, id: 'bob', username: 'Bob' } }
    const deeds: ((one: ReturnType<typeof stage>) => Promise<unknown> | void)[] = [
      ({ tokens }) => tokens.end('access 1'),
      ({ tokens }) => tokens.know({ ...user, username: 'Anna' }),
      async ({ tokens, asked }) => {
        const refreshing = tokens.refresh()
        await settle()
        asked[0]?.reply.resolve(answer(2))
        await refreshing
      },
      async ({ tokens, asked }) => {
        const refreshing = tokens.refresh()
        await settle()
        asked[0]?.reply.reject(invalid)
        await refreshing
      },
    ]
    for (const deed of deeds) {
      const one = stage()
      one.tokens.signedIn(answer(1))
      const other = stage(one.keep, one.still)
      other.tokens.signedIn(bob)
      await deed(one)
      assert.deepEqual(stage(one.keep, one.still).tokens.session.get()?.user_id, 'bob', String(deed))
    }
  })

  test('[C5] a session that could not be stored leaves no other user in the storage', () => {
    const keep = memoryKeep()
    let isFull = false
    const { tokens } = stage({
      ...keep,
      set(key, text) {
        if (isFull) throw new Error('quota')
        keep.set(key, text)
      },
    })
    tokens.signedIn(answer(1))
    isFull = true
    tokens.signedIn({ ...answer(9), user: { ...user, id: 'bob' } })
    assert.deepEqual([tokens.session.get()?.user_id, keep.keys()], ['bob', []])
  })

  test('[C2] the end of a session does not end the session that replaced it', () => {
    const one = stage()
    one.tokens.signedIn(answer(1))
    one.tokens.signedIn(answer(2))
    one.tokens.end('access 1')
    assert.equal(one.now(), 'access 2')
    // Another tab registered: this tab finds the new tokens before it handles the end of the old session.
    const other = stage(one.keep, one.still)
    other.tokens.signedIn(answer(3))
    one.tokens.end('access 2')
    assert.equal(one.now(), 'access 3')
    one.tokens.end('access 3')
    assert.equal(one.now(), undefined)
  })

  test('ignores tokens that arrive after signing out', async () => {
    const { tokens, asked } = stage()
    tokens.signedIn(answer(1))
    const refreshing = tokens.refresh()
    await settle()
    tokens.end('access 1')
    asked[0]?.reply.resolve(answer(2))
    assert.deepEqual([await refreshing, tokens.session.get()], [false, null])
  })
})
