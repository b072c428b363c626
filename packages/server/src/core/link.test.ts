import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from './error.ts'
import { linkCaller, linkEnd, linkPurpose, linkQuery } from './link.ts'
import { createSigner } from './sign.ts'

const hour = 3_600_000
const now = Date.UTC(2026, 0, 1, 12, 20)
const keys = { current: 'the current secret of these tests', previous: ['the one before'] }
const { sign, isSigned } = createSigner(keys, linkPurpose)
const file = { to: 'file', id: 'f1', room_id: 'room 1&2', until: now + hour }

/** What the bearer of a link is, or the code of the refusal. */
function open(query: string | URLSearchParams, { id = 'f1', at = now, to = 'file', verify = isSigned } = {}) {
  const asked = { query: Object.fromEntries(new URLSearchParams(query)), params: { id }, address: '192.0.2.1', now: at }
  try {
    return linkCaller({ to, id: 'id' }, asked, verify)
  } catch (error) {
    return AppError.from(error).code
  }
}

test('[LK1] [LK3] a link opens its resource until its time, and nothing else', () => {
  const query = linkQuery(file, sign)
  assert.deepEqual(open(query), { kind: 'link', address: '192.0.2.1', room_id: 'room 1&2' })
  assert.equal(open(query, { id: 'f2' }), 'token_invalid')
  assert.equal(open(query, { to: 'export' }), 'token_invalid')
  assert.deepEqual(open(query, { at: file.until - 1 }), open(query))
  assert.equal(open(query, { at: file.until }), 'token_expired')
  assert.equal(open('room=lobby&until=99999999999'), null, 'without a signature it is no link')
})

test('[LK3] any change of a link makes it invalid', () => {
  const query = linkQuery(file, sign)
  const until = Math.floor(file.until / 1000)
  const changes: readonly [string, string][] = [
    ['room', 'lobby'],
    ['until', String(until + 1)],
    ['until', `0${until}`],
    ['until', `${until}.0`],
    ['until', '9'.repeat(13)],
    ['signature', ''],
    ['signature', sign('another text')],
    ['signature', `${new URLSearchParams(query).get('signature')}=`],
  ]
  for (const [name, value] of changes) {
    const changed = new URLSearchParams(query)
    changed.set(name, value)
    assert.equal(open(changed), 'token_invalid', `${name} ${value}`)
  }
  for (const name of ['room', 'until']) {
    const without = new URLSearchParams(query)
    without.delete(name)
    assert.equal(open(without), 'token_invalid', name)
  }
})

test('[LK1] an earlier key still verifies, another key and another purpose do not', () => {
  const earlier = createSigner({ current: 'the one before', previous: [] }, linkPurpose)
  assert.notEqual(earlier.sign('x'), sign('x'))
  assert.equal(typeof open(linkQuery(file, earlier.sign)), 'object')
  for (const other of [
    createSigner({ current: 'another secret', previous: [] }, linkPurpose),
    createSigner(keys, 'parlor:else'),
  ]) {
    assert.equal(open(linkQuery(file, other.sign)), 'token_invalid')
  }
})

test('[LK4] links of the same hour are the same and hold for 24 to 25 h', () => {
  const start = Date.UTC(2026, 0, 1, 12)
  assert.equal(linkEnd(start), start + 25 * hour)
  assert.equal(linkEnd(start + hour - 1), start + 25 * hour)
  assert.equal(linkEnd(start + hour), start + 26 * hour)
})
