import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { limitValue } from '../../../room/limits.ts'
import type { JsonObject, Op } from '../../../room/types.ts'
import { enter, person } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import { pollVoteRecord } from '../contract.ts'
import { pass, records, roomWithThree } from './asking.ts'

export function votingSuite(name: string, backend: Backend): void {
  describe(`voting in polls on ${name}`, () => {
    after(() => backend.stop())

    test('[PO5] a vote replaces the one before, and an empty one takes it back', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, path, ask, vote } = await roomWithThree(world)
      const poll = await ask(ann)
      const told = ({ counts, voter_count, voters, my_option_ids }: Answer) => [
        counts,
        voter_count,
        voters,
        my_option_ids,
      ]
      assert.deepEqual(told(await vote(bob, poll, 'b')), [{ a: 0, b: 1, c: 0 }, 1, { b: [bob.id] }, ['b']])
      assert.deepEqual(told(await vote(gus, poll, 'b')), [{ a: 0, b: 2, c: 0 }, 2, { b: [bob.id, gus.id] }, ['b']])
      const moved = [{ a: 1, b: 1, c: 0 }, 2, { a: [bob.id], b: [gus.id] }, ['a']]
      assert.deepEqual(told(await vote(bob, poll, 'a')), moved)
      assert.deepEqual(told(await vote(bob, poll, 'a')), moved)
      assert.deepEqual(told(await vote(bob, poll)), [{ a: 0, b: 1, c: 0 }, 1, { b: [gus.id] }, []])
      assert.deepEqual(told(await vote(ann, poll)), [{ a: 0, b: 1, c: 0 }, 1, { b: [gus.id] }, []])
      const fault = (by: typeof bob, ...option_ids: string[]) =>
        by.code('PUT', `${path}/polls/${poll.id}/vote`, { option_ids })
      assert.deepEqual(
        [await fault(bob, 'd'), await fault(bob, 'a', 'b'), await fault(await person(world, 'Eve'), 'a')],
        ['validation_error', 'validation_error', 'not_a_member'],
      )
      const many = await ask(ann, { multiple: true })
      assert.deepEqual(told(await vote(bob, many, 'c', 'a', 'c')), [
        { a: 1, b: 0, c: 1 },
        1,
        { a: [bob.id], c: [bob.id] },
        ['a', 'c'],
      ])
      await ann.does('PATCH', path, { settings: { polls: 'host' } })
      await vote(bob, poll, 'c')
      await ann.does('PATCH', path, { capabilities: { polls: false } })
      assert.equal(await fault(bob, 'a'), 'polls_disabled')
    })

    test('[PO6] many votes of one person at once count once', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, ask, vote, get } = await roomWithThree(world)
      const poll = await ask(ann)
      await Promise.all(['a', 'b', 'a', 'c', 'b', 'a'].map((option) => vote(bob, poll, option)))
      const { counts, voter_count, my_option_ids } = await get(bob, poll)
      const chosen: unknown = my_option_ids[0]
      assert.deepEqual([Object.values<number>(counts).reduce((sum, count) => sum + count), voter_count], [1, 1])
      assert.equal(counts[String(chosen)], 1)
    })

    test('[PO18] votes leave place for bans and waiting users, and a vote can always be changed', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, id, path, ask, vote } = await roomWithThree(world)
      const [poll, other] = [await ask(ann), await ask(ann)]
      await vote(bob, poll, 'a')
      const half = limitValue('roomRecords') / 2
      const next = (): JsonObject => ({})
      const fill = (count: number): Op[] =>
        Array.from({ length: count }, (_, place) => ({
          op: 'change',
          type: pollVoteRecord,
          key: `voter-${place}`,
          next,
        }))
      const commit = { room_id: id, actor: 0, action: 'test', client_id: null, members_only: false }
      await world.engine.commit({ ...commit, ops: fill(half - 3) })
      const codeOf = (by: typeof bob, of: Answer) =>
        by.code('PUT', `${path}/polls/${of.id}/vote`, { option_ids: ['b'] })
      assert.equal(await codeOf(ann, poll), 'record_limit')
      assert.deepEqual((await vote(bob, poll, 'c')).counts, { a: 0, b: 0, c: 1 })
      assert.deepEqual((await vote(bob, other, 'b')).my_option_ids, ['b'])
      assert.equal(await ann.code('POST', `${path}/polls`, { question: 'Tea?', options: ['A', 'B'] }), 'record_limit')
      await ann.does('DELETE', `${path}/members/${gus.id}?ban=true`)
      await ann.does('PATCH', path, { settings: { waiting: true } })
      assert.equal((await (await person(world, 'Eve')).does('POST', `${path}/join`)).waiting, true)
      const keys = [0, 1, 2].map((place): Op => ({ op: 'remove', type: pollVoteRecord, key: `voter-${place}` }))
      await world.engine.commit({ ...commit, ops: keys })
      assert.equal(await codeOf(ann, poll), 'ok')
    })

    test('[PO7] votes stay when their voters leave or are removed, and count for who comes back', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, path, ask, vote, get } = await roomWithThree(world)
      const poll = await ask(ann, { anonymous: true })
      await vote(bob, poll, 'a')
      await vote(gus, poll, 'b')
      await ann.does('DELETE', `${path}/members/${gus.id}`)
      await bob.does('POST', `${path}/leave`)
      assert.deepEqual((await get(ann, poll)).counts, { a: 1, b: 1, c: 0 })
      assert.equal(await bob.code('PUT', `${path}/polls/${poll.id}/vote`, { option_ids: ['c'] }), 'not_a_member')
      await bob.does('POST', `${path}/join`)
      assert.deepEqual((await get(bob, poll)).my_option_ids, ['a'])
      assert.deepEqual((await vote(bob, poll, 'c')).counts, { a: 0, b: 1, c: 1 })
    })

    test('[PO8] a poll names the first voters of an option; all are in its votes, by name', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, id, path, ask, vote } = await roomWithThree(world)
      const poll = await ask(ann)
      const voters = await Promise.all(Array.from({ length: 12 }, (_, place) => person(world, `Voter ${place}`)))
      for (const voter of voters) {
        await voter.does('POST', `/api/rooms/${id}/join`)
        await vote(voter, poll, 'a')
      }
      const { voters: named, counts } = await vote(bob, poll, 'b')
      const ids = voters.map((voter) => voter.id)
      assert.deepEqual(
        [named, counts],
        [
          { a: ids.slice(0, 10), b: [bob.id] },
          { a: 12, b: 1, c: 0 },
        ],
      )
      const [first, last] = [voters[0], voters[11]]
      if (!first || !last) throw new Error('Voters are missing')
      await vote(first, poll)
      // The place that is free goes to whoever votes next.
      assert.deepEqual((await vote(last, poll, 'a')).voters.a, ids.slice(1, 10).concat(last.id))
      const pageOf = async (query: string) => {
        const { items, next_cursor } = await ann.does('GET', `${path}/polls/${poll.id}/votes?${query}`)
        return [items.map(({ user, option_ids }: Answer) => `${user.name} ${option_ids}`), next_cursor]
      }
      const all = [...voters.slice(1).map((voter) => `${voter.name} a`), 'Bob b']
      const [some, cursor] = await pageOf('limit=7')
      assert.deepEqual(some, all.slice(0, 7))
      assert.deepEqual(await pageOf(`limit=7&cursor=${cursor}`), [all.slice(7), null])
    })

    test('[PO9] nobody sees who voted in an anonymous poll, through any door', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, id, path, ask, vote, get } = await roomWithThree(world)
      const [host, voter] = await enter(world, id, ann, bob)
      if (!host || !voter) throw new Error('A connection is missing')
      const poll = await ask(ann, { anonymous: true })
      await vote(bob, poll, 'b')
      await vote(gus, poll, 'a')
      assert.equal(await ann.code('GET', `${path}/polls/${poll.id}/votes`), 'poll_anonymous')
      const told = await get(ann, poll)
      assert.deepEqual([told.voters, told.voter_count, told.my_option_ids], [null, 2, []])
      assert.deepEqual((await get(bob, poll)).my_option_ids, ['b'])
      // Live, as it was recovered, and in pages of the state.
      const mentions = (data: unknown) => [bob.id, gus.id].filter((each) => JSON.stringify(data).includes(each))
      const heard = await host.hears('record_changed')
      assert.deepEqual([heard.length, heard.flatMap(mentions)], [3, []])
      assert.deepEqual(
        (await voter.hears('record_changed')).filter(({ type }) => type === 'poll_vote').map(({ set }) => set),
        [{ [poll.id]: ['b'] }],
      )
      const seen = await records(world, id, ann)
      assert.deepEqual([Object.keys(seen), mentions(seen)], [[`poll ${poll.id}`], []])
      const recovered = await host.ask('join_room', { room_id: id, after_seq: poll.message_seq })
      assert.deepEqual(
        recovered.records.filter(({ type }: Answer) => type === 'poll_vote'),
        [],
      )
      assert.deepEqual((await records(world, id, bob))[`poll_vote ${bob.id}`], { [poll.id]: ['b'] })
      const kept = () => world.db.all({ sql: 'SELECT options FROM poll_votes', parameters: [] })
      assert.deepEqual(
        (await kept()).map(({ options }) => options),
        [null, null],
      )
      await ann.does('POST', `${path}/polls/${poll.id}/close`)
      await pass(world, 3)
      // The server itself has forgotten it.
      assert.deepEqual(await kept(), [])
      assert.deepEqual(Object.keys(await records(world, id, bob)), [`poll ${poll.id}`])
      assert.deepEqual((await get(bob, poll)).my_option_ids, [])
      const left = await world.db.all({ sql: "SELECT value FROM records WHERE type = 'poll_vote'", parameters: [] })
      assert.deepEqual(
        left.map(({ value }) => value),
        [null, null],
      )
    })

    test('[PO10] a vote sends little, and all names only when they change', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, id, ask, vote } = await roomWithThree(world)
      const letters = 'abcdefghij'.split('')
      const options = letters.map((letter) => letter + '語'.repeat(99))
      const poll = await ask(ann, { question: '語'.repeat(300), options, multiple: true })
      const [last, ...others] = await Promise.all(
        Array.from({ length: 10 }, (_, place) => person(world, `Voter ${place}`)),
      )
      if (!last) throw new Error('A voter is missing')
      for (const voter of [last, ...others]) await voter.does('POST', `/api/rooms/${id}/join`)
      for (const voter of others) await vote(voter, poll, ...letters)
      const [socket] = await enter(world, id, ann)
      const size = (data: unknown): number => Buffer.byteLength(JSON.stringify(data))
      await vote(last, poll, ...letters)
      await vote(bob, poll, ...letters)
      const [naming, plain] = (await socket?.hears('record_changed')) ?? []
      assert.deepEqual(Object.keys(naming.set), ['counts', 'voter_count', 'voters'])
      const bytes = size(['record_changed', naming])
      assert.ok(bytes > 4_000 && bytes < 4_300, `${bytes}`)
      assert.deepEqual(Object.keys(plain.set), ['counts', 'voter_count'])
      assert.ok(size(['record_changed', plain]) < 400)
      assert.ok(size((await records(world, id, ann))[`poll ${poll.id}`]) < 10_000)
    })
  })
}
