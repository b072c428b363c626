import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { enter, person } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import { redact } from '../../uploads/testing/worlds.ts'
import { pass, records, roomWithThree, sweep } from './asking.ts'

export function askingSuite(name: string, backend: Backend): void {
  describe(`asking polls on ${name}`, () => {
    after(() => backend.stop())

    test('[PO1] polls are created where they are on, and where one may write', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, path } = await roomWithThree(world)
      const eve = await person(world, 'Eve')
      const body = { question: 'Tea?', options: ['Yes', 'No'] }
      const code = (by: typeof ann) => by.code('POST', `${path}/polls`, body)
      assert.deepEqual([await code(bob), await code(eve)], ['ok', 'not_a_member'])
      await ann.does('PATCH', path, { settings: { polls: 'host' } })
      assert.deepEqual([await code(bob), await code(ann)], ['polls_disabled', 'ok'])
      await ann.does('PATCH', path, { settings: { polls: 'everyone', chat: 'host' } })
      assert.deepEqual([await code(bob), await code(ann)], ['chat_disabled', 'ok'])
      await ann.does('PATCH', path, { settings: { chat: 'everyone' }, capabilities: { polls: false } })
      assert.deepEqual([await code(bob), await code(ann)], ['polls_disabled', 'polls_disabled'])
      assert.equal(await ann.code('POST', '/api/rooms/lobby/polls', body), 'forbidden')
    })

    test('[PO2] [M13] a poll is a text message that everyone can read, and a retry answers the same poll', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, id, path, ask, vote } = await roomWithThree(world)
      const [socket] = await enter(world, id, bob)
      const poll = await ask(ann, { client_id: 'one' })
      const [message] = (await socket?.hears('new_message')) ?? []
      assert.deepEqual(
        [message.id, message.seq, message.poll_id, message.type, message.content, message.sender.id],
        [poll.message_id, poll.message_seq, poll.id, 'text', 'Lunch?\n1. Soup\n2. Pizza\n3. Nothing', ann.id],
      )
      assert.deepEqual((await ann.does('GET', `${path}/messages`)).messages, [message])
      assert.deepEqual(
        poll.options.map(({ id: option, text }: Answer) => `${option} ${text}`),
        ['a Soup', 'b Pizza', 'c Nothing'],
      )
      const voted = await vote(ann, poll, 'b')
      assert.deepEqual(await ask(ann, { client_id: 'one' }), voted)
      assert.equal(world.replays.length, 1)
      const body = { question: 'Lunch?', options: ['Soup', 'Bread'], client_id: 'one' }
      assert.equal(await ann.code('POST', `${path}/polls`, body), 'client_id_reused')
      assert.equal((await ann.does('GET', `${path}/polls`)).items.length, 1)
      // Other messages have no such field, whatever a client sends.
      const said = await ann.does('POST', `${path}/messages`, { content: 'Hm', poll_id: poll.id })
      assert.equal('poll_id' in said, false)
    })

    test('[PO3] questions, options and times that make no sense are refused by their field', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, path, ask } = await roomWithThree(world)
      const fault = async (more: object): Promise<string[]> => {
        const body = { question: 'Lunch?', options: ['Soup', 'Pizza'], ...more }
        return Object.keys((await ann.call('POST', `${path}/polls`, body)).body.errors ?? {})
      }
      assert.deepEqual(await fault({ question: ' ' }), ['question'])
      assert.deepEqual(await fault({ question: 'x'.repeat(301) }), ['question'])
      assert.deepEqual(await fault({ options: ['Soup'] }), ['options'])
      assert.deepEqual(await fault({ options: 'abcdefghijk'.split('') }), ['options'])
      assert.deepEqual(await fault({ options: ['Soup', ' soup '] }), ['options'])
      assert.deepEqual(await fault({ options: ['Soup', '\u200b'] }), ['options.1'])
      const at = (ms: number): string => new Date(world.clock.now() + ms).toISOString()
      assert.deepEqual(await fault({ closes_at: at(-1) }), ['closes_at'])
      assert.deepEqual(await fault({ closes_at: at(366 * 86_400_000) }), ['closes_at'])
      assert.deepEqual(await fault({ closes_at: 'soon' }), ['closes_at'])
      const closes_at = at(60_000)
      assert.equal((await ask(ann, { closes_at: closes_at.slice(0, -1) })).closes_at, closes_at)
    })

    test('[PO4] a room has 10 open polls at most, also when many are created at once', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, path, ask } = await roomWithThree(world)
      const body = { question: 'Lunch?', options: ['Soup', 'Pizza'] }
      const codes = await Promise.all(
        Array.from({ length: 14 }, (_, place) => (place % 2 ? ann : bob).code('POST', `${path}/polls`, body)),
      )
      assert.equal(codes.filter((code) => code === 'ok').length, 10)
      assert.equal(codes.filter((code) => code === 'too_many_polls').length, 4)
      const { items } = await ann.does('GET', `${path}/polls`)
      assert.equal(items.length, 10)
      // Nothing is left of a refused one.
      assert.equal((await ann.does('GET', `${path}/messages`)).messages.length, 10)
      await ann.does('POST', `${path}/polls/${items[0].id}/close`)
      await ask(bob)
      assert.equal(await bob.code('POST', `${path}/polls`, body), 'too_many_polls')
    })

    test('[PO14] a poll goes with its message', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, id, path, ask, vote } = await roomWithThree(world)
      const closes_at = new Date(world.clock.now() + 60_000).toISOString()
      const [gone, stays] = [await ask(ann, { closes_at }), await ask(ann)]
      await vote(bob, gone, 'a')
      await vote(bob, stays, 'a')
      await redact(world, id, gone.message_seq)
      const at = `${path}/polls/${gone.id}`
      assert.equal(await ann.code('GET', at), 'not_found')
      assert.equal(await ann.code('GET', `${at}/votes`), 'not_found')
      assert.equal(await bob.code('PUT', `${at}/vote`, { option_ids: ['b'] }), 'not_found')
      assert.equal(await ann.code('POST', `${at}/close`), 'not_found')
      assert.deepEqual(
        (await ann.does('GET', `${path}/polls`)).items.map((poll: Answer) => poll.id),
        [stays.id],
      )
      await sweep(world)
      assert.deepEqual(Object.keys(await records(world, id, bob)).toSorted(), [
        `poll ${stays.id}`,
        `poll_vote ${bob.id}`,
      ])
      assert.deepEqual((await records(world, id, bob))[`poll_vote ${bob.id}`], { [stays.id]: ['a'] })
      const rows = await world.db.all({ sql: 'SELECT poll_id FROM poll_votes', parameters: [] })
      assert.deepEqual(
        rows.map(({ poll_id }) => poll_id),
        [stays.id],
      )
      await pass(world, 70)
      assert.equal((await ann.does('GET', `${path}/polls`)).items[0].closed_at, null)
    })

    test('[PO15] the polls of a room are paged, the newest first, also without being a member', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, path, ask, vote } = await roomWithThree(world)
      const polls: Answer[] = []
      for (let at = 0; at < 5; at += 1) polls.push(await ask(ann, { question: `Question ${at}` }))
      await vote(bob, polls[1], 'c')
      const pageOf = async (query: string, by = bob) => {
        const { items, next_cursor } = await by.does('GET', `${path}/polls?${query}`)
        return [items.map(({ question, my_option_ids }: Answer) => `${question} ${my_option_ids}`), next_cursor]
      }
      const [first, cursor] = await pageOf('limit=3')
      assert.deepEqual(first, ['Question 4 ', 'Question 3 ', 'Question 2 '])
      assert.deepEqual(await pageOf(`limit=3&cursor=${cursor}`), [['Question 1 c', 'Question 0 '], null])
      const { body } = await world.rest('GET', `${path}/polls?limit=2`)
      assert.deepEqual(
        body.items.map((poll: Answer) => poll.my_option_ids),
        [[], []],
      )
      assert.equal((await world.rest('POST', `${path}/polls`)).body.code, 'not_authenticated')
      await ann.does('PATCH', path, { is_private: true })
      assert.equal((await world.rest('GET', `${path}/polls/${polls[0].id}`)).body.code, 'not_authenticated')
    })
  })
}
