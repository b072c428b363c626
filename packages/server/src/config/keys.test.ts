import assert from 'node:assert/strict'
import { test } from 'node:test'
import { config, production, read, refuses, strong } from './testing/given.ts'

const stronger = 'Tz8Wq1-Xe5Kv9_Mn3Pc7Bd2Hf6Lr4Js0Ya'

test('a key that is set is used unchanged, and a missing one is derived from it', () => {
  const both = config({ env: { SECRET_KEY: strong, JWT_SECRET_KEY: stronger } }).keys
  assert.deepEqual(both, { secret: { current: strong, previous: [] }, jwt: { current: stronger, previous: [] } })
  const fromSecret = config({ env: { SECRET_KEY: strong } }).keys
  assert.equal(fromSecret.secret.current, strong)
  assert.match(fromSecret.jwt.current, /^[\w-]{43}$/)
  assert.notEqual(fromSecret.jwt.current, config({ env: { SECRET_KEY: stronger } }).keys.jwt.current)
  const fromJwt = config({ env: { JWT_SECRET_KEY: strong } }).keys
  assert.equal(fromJwt.jwt.current, strong)
  assert.notEqual(fromJwt.secret.current, fromSecret.jwt.current, 'the two purposes do not share derived keys')
})

test('earlier keys still verify, including those derived from an earlier key', () => {
  const before = config({ env: { SECRET_KEY: strong } }).keys
  const after = config({ env: { SECRET_KEY: stronger, SECRET_KEY_PREVIOUS: strong } }).keys
  assert.deepEqual(after.secret, { current: stronger, previous: [strong] })
  assert.deepEqual(after.jwt.previous, [before.jwt.current])
})

test('without a key, development derives both from the secret in the data folder', () => {
  const one = config({ env: { DATA_DIR: '/one' } }).keys
  assert.equal(one.secret.current, 'made-for-/one')
  assert.notDeepEqual(one.jwt, config({ env: { DATA_DIR: '/two' } }).keys.jwt)
})

const weak: [string, string, RegExp][] = [
  ['SECRET_KEY', 'your-secret-key-here', /placeholder/],
  ['SECRET_KEY', 'change-me-change-me-change-me-change-me', /placeholder/],
  ['SECRET_KEY', 'dev_key', /placeholder/],
  ['SECRET_KEY', 'kJx9Qm2Vt7Zp4Lw8Rb1Nc6Hd5Sf0Gy1', /has 31 characters/],
  ['SECRET_KEY', 'a'.repeat(64), /repeats a few characters/],
  ['JWT_SECRET_KEY', 'your-jwt-secret-key', /placeholder/],
  ['JWT_SECRET_KEY', 'kJx9Qm2Vt7Zp4Lw8Rb1Nc6Hd5Sf0Gy1', /has 31 characters/],
  ['JWT_SECRET_KEY_PREVIOUS', 'short', /has 5 characters/],
]
for (const [name, value, words] of weak) {
  test(`production refuses ${name}=${value}, development warns about it`, () => {
    refuses({ env: production({ [name]: value }) }, new RegExp(`^${name} `), words, /openssl rand/)
    const { warnings } = read({ env: { SECRET_KEY: strong, [name]: value } })
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', new RegExp(`^${name} `))
  })
}

test('production does not create a key', () => {
  refuses({ env: { PARLOR_ENV: 'production' } }, /^SECRET_KEY is not set/, /openssl rand/)
  assert.equal(config({ env: production() }).keys.secret.current, strong)
  assert.equal(config({ env: { PARLOR_ENV: 'production', JWT_SECRET_KEY: strong } }).keys.jwt.current, strong)
})
