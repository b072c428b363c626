import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ActionName, ActionOutput } from '../actions.ts'
import { createDeferred, type Deferred } from '../deferred.ts'
import type { Poll } from '../generated/shapes.generated.ts'
import { createRecords } from '../room/records.ts'
import { createStore } from '../store.ts'
import type { Me } from '../types.ts'
import { followPolls } from './polls.ts'

const value = {
  ...{ message_id: 'm', message_seq: 1, question: 'Which?', created_by: 'ann' },
  options: ['a', 'b'].map((id) => ({ id, text: id })),
  ...{ multiple: false, anonymous: true, created_at: '', closes_at: null, closed_at: null, closed_by: null },
  ...{ counts: { a: 0, b: 0 }, voter_count: 0, voters: null },
}
const closed = { ...value, closed_at: '2026-01-01T00:00:00.000Z', counts: { a: 5, b: 2 }, voter_count: 7 }
const poll: Poll = { id: 'p', room_id: 'r', ...value, my_option_ids: [] }

const user = (id: string): Me => ({
  ...{ id, username: id, email: null, guest: false, admin: false, avatar_url: null, created_at: null },
})

/** The polls of a room whose server answers when the test says so. */
function follow() {
  const me = createStore<Me | null>(user('ann'))
  const records = createRecords()
  const calls: Deferred<Poll>[] = []
  // Sound: only polls are asked for.
  function call<Name extends ActionName>(): Promise<ActionOutput<Name>>
  function call(): Promise<unknown> {
    const answer = createDeferred<Poll>()
    calls.push(answer)
    return answer.promise
  }
  records.changed({ type: 'poll', key: 'p', seq: 1, set: value, whole: true })
  const polls = followPolls({ me, call }, { id: 'r', records: records.of })
  return { me, records, calls, polls }
}

/** Stores tell their subscribers within the turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

suite('the polls of a room', () => {
  test('[PL3] the vote of a user who signs in during the vote of another one is sent', async () => {
    const { me, calls, polls } = follow()
    const first = polls.vote('p', ['a'])
    me.set(user('ben'))
    const second = polls.vote('p', ['b'])
    assert.equal(calls.length, 2)
    calls[0]?.resolve({ ...poll, my_option_ids: ['a'] })
    await first
    assert.deepEqual(polls.get().get('p')?.my_option_ids, ['b'])
    const third = polls.vote('p', ['a'])
    assert.equal(calls.length, 2, 'the vote under way is still known')
    calls[1]?.resolve({ ...poll, my_option_ids: ['b'] })
    await turn()
    assert.equal(calls.length, 3)
    calls[2]?.resolve({ ...poll, my_option_ids: ['a'] })
    await Promise.all([second, third])
    polls.end()
  })

  test('[PL3] an answer to the user before is not kept for the next one', async () => {
    const { me, calls, polls } = follow()
    const loading = polls.load('old')
    me.set(user('ben'))
    await turn()
    calls[0]?.resolve({ ...poll, id: 'old', my_option_ids: ['a'] })
    await loading
    assert.equal(polls.get().has('old'), false)
    polls.end()
  })

  test('[PL3] a closed poll that leaves the record stays as it was last', async () => {
    const { records, calls, polls } = follow()
    const voting = polls.vote('p', ['a'])
    calls[0]?.resolve({ ...poll, my_option_ids: ['a'] })
    await voting
    records.changed({ type: 'poll', key: 'p', seq: 2, set: closed, whole: true })
    await turn()
    records.changed({ type: 'poll', key: 'p', seq: 3, deleted: true })
    await turn()
    const { closed_at, counts, my_option_ids } = polls.get().get('p') ?? poll
    assert.deepEqual([closed_at, counts, my_option_ids], [closed.closed_at, closed.counts, ['a']])
    polls.end()
  })

  test('[PL3] an open poll that leaves the record is loaded again', async () => {
    const { records, polls } = follow()
    polls.add([poll])
    records.changed({ type: 'poll', key: 'p', seq: 2, deleted: true })
    await turn()
    assert.equal(polls.get().has('p'), false)
    polls.end()
  })
})
