import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createPasswords, type HeldHashing, type PasswordQueue } from '../../../platform/passwords/passwords.ts'
import { type Backend, createWorld, quickPasswords, signIn } from '../../testing/world.ts'
import { hashOf, login, outcome, password, post, register, tokensOf } from './register.ts'

export function signInSuite(name: string, backend: Backend): void {
  describe(`signing in to accounts on ${name}`, () => {
    after(() => backend.stop())

    test('[A4] a wrong password and an unknown account cost the same work and get the same answer', async () => {
      const real = quickPasswords()
      const verified: { stored: string | null }[] = []
      const passwords: PasswordQueue = {
        ...real,
        hold: (run, asker) =>
          real.hold((held) => {
            const verify: HeldHashing['verify'] = (given, stored, begin) => {
              verified.push({ stored })
              return held.verify(given, stored, begin)
            }
            return run({ ...held, verify })
          }, asker),
      }
      await using world = await createWorld(await backend.open(), { passwords })
      await register(world, 'Ann')
      const answers = [await login(world, 'Ann', 'wrong'), await login(world, 'Nobody', 'wrong')]
      assert.deepEqual(answers[0], answers[1])
      assert.deepEqual([answers[0]?.status, answers[0]?.body.code], [401, 'invalid_credentials'])
      // One hash each; a missing hash is verified too, as the tests of passwords show.
      assert.deepEqual(
        verified.map(({ stored }) => stored === null),
        [false, true],
      )
      await signIn(world, 'Gus')
      assert.equal(outcome(await login(world, 'Gus', 'wrong')), '401 invalid_credentials')
    })

    test('[A5] attempts are limited per account and address, and per account from all addresses', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const from = async (address: string, times: number) => {
        const answers = []
        for (let time = 0; time < times; time += 1) answers.push(outcome(await login(world, 'ANN', 'wrong', address)))
        return answers
      }
      const wrong = (times: number) => Array.from({ length: times }, () => '401 invalid_credentials')
      assert.deepEqual(await from('192.0.2.5', 11), [...wrong(10), '429 rate_limited'])
      const { body } = await login(world, 'ann', password, '192.0.2.5')
      assert.deepEqual([body.code, body.retry_after], ['rate_limited', 30])
      assert.equal((await login(world, 'ann', password, '192.0.2.2')).status, 200)
      assert.deepEqual(await from('192.0.2.3', 10), wrong(10))
      assert.deepEqual(await from('192.0.2.4', 10), [...wrong(9), '429 rate_limited'])
      world.advance(30_000)
      assert.equal((await login(world, 'ann', password, '192.0.2.5')).status, 200)
    })

    test('[A11] guesses from elsewhere do not lock the owner out at a known address or device', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const device_token = String((await login(world, 'Ann', password, '192.0.2.2')).body.device_token)
      const tryAt = async (secret: string, address: string, more: object = {}) => {
        const body = { email: 'ann@example.org', password: secret, ...more }
        return outcome(await world.rest('POST', '/api/auth/login', { body, address }))
      }
      for (let guess = 0; guess < 30; guess += 1) await tryAt('wrong', `198.51.100.${guess}`)
      for (let second = 0; second < 30; second += 1) {
        world.advance(1000)
        await tryAt('wrong', `203.0.113.${second}`)
      }
      assert.equal(await tryAt(password, '192.0.2.77'), '429 rate_limited', 'from anywhere')
      assert.equal(await tryAt(password, '192.0.2.1'), 200, 'where the account was made')
      assert.equal(await tryAt(password, '192.0.2.2'), 200, 'where somebody signed in')
      assert.equal(await tryAt(password, '192.0.2.78', { device_token }), 200, 'by the token of the device')
      // Guesses from the same address use up the address's budget, not the device's.
      for (let guess = 0; guess < 25; guess += 1) await tryAt('wrong', '192.0.2.2')
      assert.equal(await tryAt(password, '192.0.2.2'), '429 rate_limited')
      assert.equal(await tryAt(password, '192.0.2.2', { device_token }), 200)
    })

    test('[A11] a device is known only to accounts that were signed in to with it, and its guesses are limited', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const mallory = await post(world, '/api/auth/register', {
        ...{ email: 'mallory@example.org', username: 'Mallory', password },
      })
      const own = String((await login(world, 'Ann', password, '192.0.2.2')).body.device_token)
      const tryAt = async (secret: string, address: string, device_token: string | null) => {
        const body = { email: 'Ann', password: secret, device_token }
        return outcome(await world.rest('POST', '/api/auth/login', { body, address }))
      }
      const lockOut = async () => {
        for (let guess = 0; guess < 31; guess += 1) await tryAt('wrong', `198.51.100.${guess}`, null)
      }
      await lockOut()
      const others = ['', 'x', `${own}=`, `${own}A`, own.slice(0, -1), mallory.body.device_token, null]
      for (const token of others) assert.equal(await tryAt(password, '203.0.113.1', token), '429 rate_limited', token)
      const guesses = []
      for (let guess = 0; guess < 11; guess += 1) guesses.push(await tryAt('wrong', `203.0.113.${guess}`, own))
      assert.deepEqual(guesses, [...Array.from({ length: 10 }, () => '401 invalid_credentials'), '429 rate_limited'])
      world.advance(30_000)
      assert.equal(await tryAt(password, '203.0.113.99', own), 200)
    })

    test('[A11] ending a session forgets its device, signing out does not, and the number of devices is bounded', async () => {
      await using world = await createWorld(await backend.open())
      const db = world.db
      const kept = async () => {
        const sql = 'SELECT kind, count(*) AS n FROM known_origins GROUP BY kind ORDER BY kind'
        return (await db.all<{ kind: string; n: number }>({ sql, parameters: [] })).map(({ n }) => n)
      }
      const ann = await register(world, 'Ann')
      const signIn = async (address: string) => {
        world.advance(1000)
        return tokensOf((await login(world, 'Ann', password, address)).body)
      }
      const here = await signIn('192.0.2.2')
      await post(world, '/api/logout', {}, here.token)
      assert.deepEqual(await kept(), [2, 2])
      const last = await signIn('192.0.2.3')
      assert.deepEqual(await kept(), [3, 3])
      const { body } = await world.rest('GET', '/api/auth/sessions', { token: ann.token })
      const [{ id }] = body.items
      await world.rest('DELETE', `/api/auth/sessions/${id}`, { token: ann.token })
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: last.token })), '401 token_invalid')
      assert.deepEqual(await kept(), [2, 2])
      await post(world, '/api/change-password', { old_password: password, new_password: 'another password' }, ann.token)
      assert.deepEqual(await kept(), [1, 1])
      for (let n = 0; n < 20; n += 1) {
        world.advance(30_000)
        assert.equal((await login(world, 'Ann', 'another password', `2001:db8:${n}::1`)).status, 200)
      }
      assert.deepEqual(await kept(), [16, 16])
      world.advance(180 * 86_400_000)
      await world.identity.prune()
      assert.deepEqual(await kept(), [])
      await login(world, 'Ann', 'another password')
      const again = tokensOf((await login(world, 'Ann', 'another password')).body)
      await post(world, '/api/delete-account', { password: 'another password' }, again.token)
      assert.deepEqual(await kept(), [])
    })

    test('[A5] a sign-in that gets no place in the hashing queue does not count as an attempt', async () => {
      const narrow = quickPasswords({ concurrency: 1, queue: 0 })
      await using world = await createWorld(await backend.open(), { passwords: narrow })
      const ann = await register(world, 'Ann')
      const busy = Promise.withResolvers<void>()
      const holding = narrow.hold(() => busy.promise)
      const change = { old_password: 'wrong', new_password: 'another password' }
      const token = ann.token
      const email = { email: 'new@example.org', password: 'wrong' }
      for (let time = 0; time < 40; time += 1) {
        assert.equal(outcome(await login(world, 'Ann')), '429 rate_limited')
        assert.equal(outcome(await post(world, '/api/change-password', change, token)), '429 rate_limited')
        assert.equal(outcome(await world.rest('PATCH', '/api/auth/me', { body: email, token })), '429 rate_limited')
        const gone = await post(world, '/api/delete-account', { password: 'wrong' }, token)
        assert.equal(outcome(gone), '429 rate_limited')
      }
      busy.resolve()
      await holding
      assert.equal(outcome(await login(world, 'Ann')), 200)
      assert.equal(outcome(await post(world, '/api/change-password', change, token)), '403 invalid_password')
    })

    test('[A5] room passwords never fill the hashing queue', async () => {
      const narrow = quickPasswords({ concurrency: 1, queue: 1 })
      await using world = await createWorld(await backend.open(), { passwords: narrow })
      await register(world, 'Ann')
      const bob = await signIn(world, 'Bob')
      const busy = Promise.withResolvers<void>()
      const holding = narrow.behind.hold(() => busy.promise)
      const room = { body: { name: 'x', password: 'x' }, token: bob.token }
      assert.equal(outcome(await world.rest('POST', '/api/rooms', room)), '429 rate_limited')
      assert.equal(outcome(await login(world, 'Ann')), 200)
      busy.resolve()
      await holding
      assert.equal(outcome(await world.rest('POST', '/api/rooms', room)), 201)
    })

    test('[A6] imported bcrypt hashes are accepted, and replaced when their owner signs in', async () => {
      await using world = await createWorld(await backend.open(), { passwords: createPasswords() })
      for (const kind of ['a', 'b', 'y']) {
        const hash = `$2${kind}$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`
        const username = `kind-${kind}`
        await register(world, username)
        const sql = `UPDATE users SET password_hash = '${hash}' WHERE username = '${username}'`
        await world.db.write([{ sql, parameters: [] }])
        assert.equal(outcome(await login(world, username, 'U*V')), '401 invalid_credentials')
        assert.equal(await hashOf(world, username), hash)
        assert.equal((await login(world, username, 'U*U')).status, 200)
        assert.match(await hashOf(world, username), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
        assert.equal((await login(world, username, 'U*U')).status, 200)
      }
    })
  })
}
