import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParlorError } from '../error.ts'
import type { Poll } from '../generated/shapes.generated.ts'
import { noVote, withVote } from './view.ts'

const poll: Poll = {
  ...{ id: 'p', room_id: 'r', message_id: 'm', message_seq: 1, question: 'Which?', created_by: 'u' },
  options: ['a', 'b', 'c'].map((id) => ({ id, text: id })),
  ...{ multiple: true, anonymous: true, created_at: '', closes_at: null, closed_at: null, closed_by: null },
  ...{ counts: { a: 3, b: 1, c: 0 }, voter_count: 3, voters: null, my_option_ids: ['a', 'b'] },
}
const told = (option_ids: readonly string[] | null, isStored = false) => {
  const { counts, voter_count, my_option_ids, isVoting } = withVote(poll, { option_ids, isStored, error: null })
  return [Object.values(counts), voter_count, my_option_ids, isVoting]
}

test('[PL1] a vote is counted before the server has stored it, in place of the one before', () => {
  assert.deepEqual(told(['b', 'c']), [[2, 1, 1], 3, ['b', 'c'], true])
  assert.deepEqual(told([]), [[2, 0, 0], 2, [], true])
  assert.deepEqual(told(['c'], true), [[2, 0, 1], 3, ['c'], false])
  assert.deepEqual(told(['b', 'a']), [[3, 1, 0], 3, ['a', 'b'], true])
  assert.deepEqual(told(null), [[3, 1, 0], 3, ['a', 'b'], false])
})

test('[PL1] a refused vote shows what stands, and why', () => {
  const error = new ParlorError('poll_closed', 'This poll is closed')
  assert.deepEqual(withVote(poll, { ...noVote, error }), { ...poll, isVoting: false, error })
})

test('[PL1] the result of a closed poll is final', () => {
  const closed = { ...poll, closed_at: '2026-01-01T00:00:00.000Z' }
  assert.deepEqual(withVote(closed, { option_ids: ['c'], isStored: true, error: null }).counts, poll.counts)
})
