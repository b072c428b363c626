import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/error.ts'
import { costIn, createPasswords, leastCost as quick } from './passwords.ts'
import { decodeHash, encodeHash } from './phc.ts'

const passwords = createPasswords()

test('verifies the right password and refuses another', async () => {
  const stored = await passwords.hash('correct horse')
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.deepEqual(await passwords.verify('correct horse', stored), { ok: true, outdated: false })
  assert.deepEqual(await passwords.verify('correct hors', stored), { ok: false, outdated: false })
  assert.notEqual(await passwords.hash('correct horse'), stored)
})

test('only servers in the profile testing hash at the least cost, and others replace such hashes', async () => {
  const costs = ['production', 'development', 'testing'].map((profile) => costIn(profile).memory)
  assert.deepEqual(costs, [19_456, 19_456, 8])
  const weak = await createPasswords({ cost: costIn('testing') }).hash('correct horse')
  const production = createPasswords({ cost: costIn('production') })
  assert.deepEqual(await production.verify('correct horse', weak), { ok: true, outdated: true })
})

test('accepts all Unicode forms of the same password', async () => {
  const stored = await passwords.hash('cafe\u0301 \uff11')
  assert.equal((await passwords.verify('caf\u00e9 1', stored)).ok, true)
})

test('verifies a hash of the reference implementation, and reports its weak cost as outdated', async () => {
  // The test vectors of argon2 1.3's reference implementation (test.c): t=2, m=2^16 KiB, and m=2^8 KiB.
  const strong = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  const weak = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
  // Its salt is half as long as ours, so it is outdated too.
  assert.deepEqual(await passwords.verify('password', strong), { ok: true, outdated: true })
  assert.deepEqual(await passwords.verify('password', weak), { ok: true, outdated: true })
  assert.deepEqual(await passwords.verify('differentpassword', weak), { ok: false, outdated: false })
})

test('verifies bcrypt hashes of other servers, and reports them as outdated', async () => {
  // crypt_blowfish's vector of OpenBSD's bcrypt, cost 4, for `U*U` with the salt CCCC…, under each of its prefixes.
  const hash = (kind: string) => `$2${kind}$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`
  for (const kind of ['a', 'b', 'y']) {
    assert.deepEqual(await passwords.verify('U*U', hash(kind)), { ok: true, outdated: true }, kind)
    assert.deepEqual(await passwords.verify('U*V', hash(kind)), { ok: false, outdated: false }, kind)
  }
})

test('refuses every password for a text that is not a hash', async () => {
  for (const stored of ['', 'secret', '$1$x$y', '$argon2id$v=19$m=1,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaM'])
    assert.deepEqual(await passwords.verify('secret', stored), { ok: false, outdated: false }, stored)
})

test('an unknown account costs as much time as a known one, and a full queue refuses all', async () => {
  const narrow = createPasswords({ concurrency: 1, queue: 1, cost: quick })
  const [first, second] = [narrow.verify('x', null), narrow.verify('x', null)]
  await assert.rejects(
    narrow.hash('x'),
    (error) => error instanceof AppError && error.code === 'rate_limited' && error.details.retry_after === 1,
  )
  assert.deepEqual(await first, { ok: false, outdated: false })
  assert.deepEqual(await second, { ok: false, outdated: false })
  assert.equal((await narrow.verify('x', await narrow.hash('x'))).ok, true)
})

test('the low-priority queue has half of the slots and is served after all others', async () => {
  const { behind, ...first } = createPasswords({ concurrency: 1, queue: 5, cost: quick })
  const done: string[] = []
  const asked = [
    ...['a', 'b', 'c'].map((name) => behind.verify('x', null).then(() => done.push(name))),
    ...['1', '2', '3'].map((name) => first.verify('x', null).then(() => done.push(name))),
  ]
  const refused = { code: 'rate_limited' }
  await assert.rejects(first.hash('x'), refused)
  await Promise.all(asked)
  assert.deepEqual(done, ['a', '1', '2', '3', 'b', 'c'])
  const half = ['a', 'b', 'c'].map(() => behind.verify('x', null))
  await assert.rejects(behind.hash('x'), refused)
  assert.equal((await first.verify('x', null)).ok, false)
  await Promise.all(half)
})

test('a caller that holds a slot is not refused, and one without a slot starts nothing', async () => {
  const narrow = createPasswords({ concurrency: 1, queue: 0, cost: quick })
  const entered = Promise.withResolvers<void>()
  const held = narrow.hold(async (sure) => {
    await entered.promise
    return sure.verify('x', await sure.hash('x'))
  })
  let began = false
  const refused = narrow.hold(async () => void (began = true))
  await assert.rejects(refused, { code: 'rate_limited' })
  entered.resolve()
  assert.deepEqual([(await held).ok, began], [true, false])
  await assert.rejects(
    narrow.hold(() => Promise.reject(new Error('none of it'))),
    /none of it/,
  )
  assert.equal((await narrow.verify('x', null)).ok, false)
})

test('PHC strings decode to their parameters', () => {
  const hash = { cost: { memory: 64, passes: 3, parallelism: 4 }, salt: Buffer.alloc(16, 7), tag: Buffer.alloc(32, 9) }
  assert.deepEqual(decodeHash(encodeHash(hash)), hash)
  const text = encodeHash(hash)
  const broken = [text.replace('v=19', 'v=16'), text.replace('t=3', 't=0'), text.replace('m=64', 'm=31'), `${text}=`]
  for (const one of broken) assert.equal(decodeHash(one), null, one)
})
