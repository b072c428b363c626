import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { storedObject } from '../../../core/stored.ts'
import { enter, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import { pass, records, roomWithThree } from './asking.ts'

export function endingSuite(name: string, backend: Backend): void {
  describe(`the end of polls on ${name}`, () => {
    after(() => backend.stop())

    test('[PO11] its creator or a moderator closes a poll, for good', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, path, ask, vote } = await roomWithThree(world)
      const [own, others] = [await ask(bob), await ask(bob)]
      const close = (by: typeof ann, poll: Answer) => by.call('POST', `${path}/polls/${poll.id}/close`)
      assert.equal((await close(gus, own)).body.code, 'forbidden')
      await vote(gus, own, 'a')
      const { body } = await close(bob, own)
      assert.deepEqual([body.closed_by, body.counts.a, body.my_option_ids], [bob.id, 1, []])
      assert.notEqual(body.closed_at, null)
      assert.equal((await close(ann, others)).body.closed_by, ann.id)
      assert.equal((await close(bob, own)).body.code, 'poll_closed')
      assert.equal(await gus.code('PUT', `${path}/polls/${own.id}/vote`, { option_ids: ['b'] }), 'poll_closed')
      assert.equal(await gus.code('PUT', `${path}/polls/none/vote`, { option_ids: ['b'] }), 'not_found')
    })

    test('[PO12] a poll closes by itself at its time, and takes no vote from then on', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, id, path, ask, vote, get } = await roomWithThree(world)
      const closes_at = new Date(world.clock.now() + 5_000).toISOString()
      const [timed, early] = [await ask(ann, { closes_at }), await ask(ann, { closes_at })]
      const [socket] = await enter(world, id, ann)
      await vote(bob, timed, 'a')
      const { closed_at } = await ann.does('POST', `${path}/polls/${early.id}/close`)
      await pass(world, 4)
      await vote(bob, timed, 'b')
      // The time has come, and no timer has run yet.
      world.advance(1_000)
      assert.equal(await bob.code('PUT', `${path}/polls/${timed.id}/vote`, { option_ids: ['c'] }), 'poll_closed')
      await pass(world, 2)
      const over = await get(ann, timed)
      assert.deepEqual([over.closed_by, over.counts], [null, { a: 0, b: 1, c: 0 }])
      assert.ok(Date.parse(over.closed_at) >= Date.parse(closes_at))
      assert.equal((await get(ann, early)).closed_at, closed_at)
      const closings = (await socket?.hears('record_changed'))?.filter(({ set }) => set.closed_at)
      assert.deepEqual(
        closings?.map(({ key }) => key),
        [early.id, timed.id],
      )
    })

    test('[PO13] closed polls leave the records: the votes at once, the polls when 20 later ones are closed', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, id, path, ask, vote, get } = await roomWithThree(world)
      const open = await ask(ann)
      await vote(bob, open, 'c')
      const closed: Answer[] = []
      for (let at = 0; at < 22; at += 1) {
        const poll = await ask(ann, { question: `Question ${at}` })
        await vote(bob, poll, 'a')
        closed.push(await ann.does('POST', `${path}/polls/${poll.id}/close`))
        await pass(world, 2)
      }
      const kept = await records(world, id, bob)
      assert.deepEqual(
        Object.keys(kept).toSorted(),
        [...[open, ...closed.slice(2)].map((poll) => `poll ${poll.id}`), `poll_vote ${bob.id}`].toSorted(),
      )
      assert.deepEqual(kept[`poll_vote ${bob.id}`], { [open.id]: ['c'] })
      // What stands in no record is read all the same.
      assert.deepEqual(await get(bob, closed[0]), { ...closed[0], my_option_ids: ['a'] })
      const { items } = await bob.does('GET', `${path}/polls?limit=50`)
      assert.deepEqual(
        items.map((poll: Answer) => poll.my_option_ids.join()),
        [...Array.from({ length: 22 }, () => 'a'), 'c'],
      )
    })

    test('[PO17] a closed room closes its polls, and forgets choices and deleted accounts', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, path, ask, vote, get } = await roomWithThree(world)
      const [open, closed, secret] = [await ask(ann), await ask(bob), await ask(ann, { anonymous: true })]
      for (const poll of [open, closed, secret]) await vote(bob, poll, 'b')
      await vote(gus, open, 'b')
      await vote(gus, secret, 'c')
      await ann.does('POST', `${path}/polls/${closed.id}/close`)
      await ann.does('DELETE', path)
      await pass(world, 62)
      const held = async () => {
        const sql = `SELECT type, key, value FROM records WHERE type IN ('poll', 'poll_vote') AND value IS NOT NULL`
        return (await world.db.all({ sql, parameters: [] })).map((row) => ({
          type: String(row['type']),
          voters: JSON.stringify(storedObject(String(row['value']))?.['voters'] ?? null),
        }))
      }
      const over = await get(gus, secret)
      assert.deepEqual([over.closed_by, over.counts, over.my_option_ids], [null, { a: 0, b: 1, c: 1 }, []])
      assert.notEqual(over.closed_at, null)
      assert.deepEqual((await get(gus, open)).my_option_ids, ['b'])
      assert.deepEqual(
        (await held()).map(({ type }) => type),
        ['poll', 'poll', 'poll'],
      )
      await bob.does('POST', '/api/delete-account', { password: 'an unusual password' })
      await pass(world, 30)
      assert.deepEqual((await get(ann, open)).voters, { b: [gus.id] })
      assert.deepEqual([(await get(ann, closed)).voters, (await get(ann, closed)).counts.b], [{}, 1])
      assert.equal(
        (await held()).some(({ voters }) => voters.includes(bob.id)),
        false,
      )
      const votes = await world.db.all({ sql: 'SELECT poll_id, user_id FROM poll_votes', parameters: [] })
      assert.deepEqual(
        votes.map(({ poll_id, user_id }) => [poll_id, user_id]),
        [[open.id, gus.id]],
      )
    })

    test('[PO16] a deleted account leaves its votes and takes its name, in open and closed polls', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, gus, id, path, ask, vote, get } = await roomWithThree(world)
      const other = await roomOf(world, ann, { guest: [bob] })
      const [open, closed, secret] = [await ask(ann), await ask(bob), await ask(ann, { anonymous: true })]
      for (const poll of [open, closed, secret]) await vote(bob, poll, 'b')
      await vote(gus, open, 'b')
      await ann.does('POST', `${path}/polls/${closed.id}/close`)
      const body = { question: 'Tea?', options: ['Yes', 'No'] }
      const elsewhere = await ann.does('POST', `${other.path}/polls`, body)
      await bob.does('PUT', `${other.path}/polls/${elsewhere.id}/vote`, { option_ids: ['a'] })
      await bob.does('POST', '/api/delete-account', { password: 'an unusual password' })
      await pass(world, 30)
      for (const [poll, voters] of [
        [open, { b: [gus.id] }],
        [closed, {}],
        [secret, null],
      ] as const) {
        const now = await get(ann, poll)
        assert.deepEqual([now.voters, now.counts.b], [voters, poll === open ? 2 : 1])
      }
      const { items } = await ann.does('GET', `${path}/polls/${open.id}/votes`)
      assert.deepEqual(
        items.map(({ user }: Answer) => user.name),
        ['Gus'],
      )
      const left = await world.db.all({ sql: 'SELECT user_id FROM poll_votes', parameters: [] })
      assert.deepEqual(
        left.map(({ user_id }) => user_id),
        [gus.id],
      )
      assert.equal(JSON.stringify(await records(world, id, ann)).includes(`"${bob.id}"]`), false)
      assert.equal((await get(ann, closed)).created_by, bob.id)
    })
  })
}
