import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptFor } from './attempt.ts'

const asked = { question: 'Which?', options: ['a', 'b'], multiple: false, anonymous: false, minutes: 10 }
const now = Date.UTC(2026, 0, 1)

test('A question that is asked again after a lost answer is the same poll', () => {
  const first = attemptFor(null, asked, now)
  assert.equal(first.closes_at, '2026-01-01T00:10:00.000Z')
  assert.equal(attemptFor(first, { ...asked }, now + 5000), first)
})

test('A changed question, or one whose time is over, is another poll', () => {
  const first = attemptFor(null, asked, now)
  const changed = attemptFor(first, { ...asked, options: ['a', 'c'] }, now + 5000)
  assert.notEqual(changed.client_id, first.client_id)
  assert.equal(changed.closes_at, '2026-01-01T00:10:05.000Z')
  const late = attemptFor(first, asked, now + 600_000)
  assert.notEqual(late.client_id, first.client_id)
  assert.equal(late.closes_at, '2026-01-01T00:20:00.000Z')
  assert.equal(attemptFor(null, { ...asked, minutes: null }, now).closes_at, null)
})
