import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import type { Failure } from '../../../core/error.ts'
import { permit } from '../../../core/testing/read-permit.ts'
import { call, codeOf, createRoom, patch, say, state } from '../engine.ts'
import { useWorld } from '../use-world.ts'
import type { Facts, Op } from '../../types.ts'

/** The rules of members, roles, closed rooms and caches of a room (MB, C6 and C11), on either database. */
export function membersSuite(name: string, backend: () => Promise<Backend>) {
  suite(`members on ${name}`, () => {
    const world = useWorld(backend)

    const commit = (id: string, ...ops: Op[]) => world.engine.commit(call(id, ops))
    const admit = (user: number, role = 'member'): Op => ({ op: 'admit', user, role, capacity: null })
    const role = (user: number, to: string, by: string | null = 'u1'): Op => ({ op: 'role', user, role: to, by })
    const bodyOf = (event: { body: string } | undefined): unknown => JSON.parse(event?.body ?? 'null')

    test('[MB1] a role is changed in the table and in the log; the same role changes nothing', async () => {
      const room = await createRoom(world.engine)
      await commit(room.id, admit(7))
      world.clock.advance(1000)
      const changed = await commit(room.id, role(7, 'cohost'))
      assert.deepEqual(
        changed.events.map(({ type, actor, seq, body }) => [type, actor, seq, JSON.parse(body)]),
        [['room.memberChanged', 7, 3, { role: 'cohost', by: 'u1' }]],
      )
      const again = await commit(room.id, role(7, 'cohost'))
      assert.deepEqual([again.events, again.room.last_seq], [[], 3])
      const { items } = await world.engine.members(permit, room.num, { after: null, limit: 10 })
      assert.deepEqual(
        items.map((member) => [member.user, member.role]),
        [
          [1, 'host'],
          [7, 'cohost'],
        ],
      )
      assert.equal(items[1]?.joined_at, world.clock.now() - 1000, 'a changed role keeps the time of joining')
      assert.equal((await world.engine.find(room.id))?.member_count, 2)
    })

    test('[MB1] changes the role of members only, as of the position in the batch', async () => {
      const room = await createRoom(world.engine)
      const ops = [role(7, 'cohost'), admit(7), role(7, 'cohost', null)]
      assert.deepEqual(await Promise.all(ops.map((op) => codeOf(commit(room.id, op)))), ['not_found', 'ok', 'ok'])
      const refused = codeOf(commit(room.id, role(7, 'host'), { op: 'require', check: () => 'forbidden' }))
      const kept = world.engine.commit(call(room.id, [say('x')], { actor: 7 }))
      assert.deepEqual([await refused, (await kept).member?.role], ['forbidden', 'cohost'])
    })

    test('[MB2] a membership ends with a reason, with a default when none is given', async () => {
      const room = await createRoom(world.engine)
      const ended = async (by: string | null, more: { reason?: 'left' | 'removed' | 'banned' } = {}) =>
        bodyOf((await commit(room.id, admit(7), { op: 'expel', user: 7, by, ...more })).events[1])
      assert.deepEqual(await ended(null), { role: 'member', by: null, reason: 'left' })
      assert.deepEqual(await ended('u1'), { role: 'member', by: 'u1', reason: 'removed' })
      assert.deepEqual(await ended('u1', { reason: 'banned' }), { role: 'member', by: 'u1', reason: 'banned' })
    })

    test('[MB4] a sent-out member may not commit what is for members only, and the room is not in their list', async () => {
      const room = await createRoom(world.engine)
      const other = await createRoom(world.engine)
      for (const { id } of [room, other]) await commit(id, admit(17))
      const from = (was: string, to: string): Op => ({ op: 'role', user: 17, role: to, by: null, from: was })
      assert.deepEqual((await commit(room.id, from('guest', 'cohost'))).events, [])
      await commit(room.id, from('member', 'sent_out'))
      const send = () => codeOf(world.engine.commit(call(room.id, [say('x')], { actor: 17, members_only: true })))
      assert.equal(await send(), 'sent_out')
      const rooms = async () => (await world.engine.roomsOf(17, 10)).map(({ id }) => id)
      assert.deepEqual(await rooms(), [other.id])
      assert.equal((await world.engine.find(room.id))?.member_count, 2)
      await commit(room.id, from('sent_out', 'member'), { op: 'role', user: 99, role: 'x', by: null, from: 'member' })
      assert.deepEqual([await send(), (await rooms()).length], ['ok', 2])
    })

    test('[MB5] finds which of some users are members, and the rooms that two users share', async () => {
      const [one, two, three, four] = [
        await createRoom(world.engine),
        await createRoom(world.engine),
        await createRoom(world.engine),
        await createRoom(world.engine),
      ]
      await commit(one.id, admit(32))
      world.clock.advance(1)
      for (const { id } of [one, two, three, four]) await commit(id, admit(31))
      for (const { id } of [two, three, four]) await commit(id, admit(32))
      const among = async (...users: number[]) =>
        (await world.engine.membersAmong(one.num, users)).map(({ user, role: is }) => [user, is])
      assert.deepEqual(await among(31, 33, 32), [
        [32, 'member'],
        [31, 'member'],
      ])
      assert.deepEqual(await among(), [])
      const common = async (limit: number, a = 31, b = 32) =>
        (await world.engine.commonRooms(permit, a, b, limit)).map(({ id }) => id)
      assert.deepEqual(await common(10), [four.id, three.id, two.id, one.id])
      assert.deepEqual(await common(2, 32, 31), [four.id, three.id])
      await commit(four.id, { op: 'close' })
      await commit(three.id, { op: 'expel', user: 32, by: null })
      await commit(two.id, role(31, 'sent_out'))
      assert.deepEqual(await common(10), [one.id])
      assert.deepEqual(await common(10, 31, 33), [])
    })

    test('[MB3] closing is the last event of the log and carries its reason', async () => {
      const [one, two] = [await createRoom(world.engine), await createRoom(world.engine)]
      const closed = await commit(one.id, { op: 'close' })
      assert.deepEqual(
        closed.events.map(({ type, actor, seq, body }) => [type, actor, seq, JSON.parse(body)]),
        [['room.closed', 1, 2, { reason: 'closed' }]],
      )
      assert.deepEqual((await world.engine.readLog(one.num, 1, 10)).entries.length, 1)
      assert.equal(await codeOf(commit(one.id, say('x'))), 'room_closed')
      const said = await commit(two.id, { op: 'close', reason: 'expired' })
      assert.deepEqual(bodyOf(said.events[0]), { reason: 'expired' })
      const three = await createRoom(world.engine)
      const send = () => world.engine.commit(call(three.id, [{ op: 'close' }], { client_id: 'c' }))
      assert.deepEqual([(await send()).replayed, (await send()).replayed], [false, true])
    })

    test('[C6] a condition gets the membership of the user that it names', async () => {
      const room = await createRoom(world.engine)
      await commit(room.id, admit(7, 'cohost'), admit(8))
      const seen: (Facts['target'] | undefined)[] = []
      const mayRemove = ({ member, target }: Facts): Failure | null => {
        seen.push(target)
        return member?.role === 'host' || target?.role === 'member' ? null : 'forbidden'
      }
      const remove = (actor: number, user: number, of: number | undefined = user) =>
        codeOf(
          world.engine.commit(
            call(
              room.id,
              [
                { op: 'require', ...(of === 0 ? {} : { of }), check: mayRemove },
                { op: 'expel', user, by: `u${actor}` },
              ],
              { actor, members_only: true },
            ),
          ),
        )
      await world.engine.commit(call(room.id, [{ op: 'require', of: 8, check: mayRemove }], { actor: 7 }))
      const answers = await Promise.all([remove(7, 1), remove(7, 8), remove(7, 8), remove(1, 7, 0)])
      assert.deepEqual(answers, ['forbidden', 'ok', 'forbidden', 'ok'])
      assert.deepEqual(
        seen.map((target) => target?.role),
        ['member', 'host', 'member', undefined, undefined],
      )
    })

    test('[C11] revise marks the change before it, and a commit can require the profile_seq at which its cache was read', async () => {
      const room = await createRoom(world.engine)
      assert.equal(room.profile_seq, 0)
      const cached = (profile_seq: number): Op => ({
        op: 'require',
        check: (facts) => (facts.room.profile_seq === profile_seq ? null : 'conflict'),
      })
      const revise: Op = { op: 'revise' }
      const answers = await Promise.all(
        [
          [cached(0), say('a')],
          [cached(0), patch('name', { to: 'b' }), revise, say('c')],
          [cached(0), say('stale')],
          [cached(3), say('d')],
        ].map((ops) => codeOf(commit(room.id, ...ops))),
      )
      assert.deepEqual(answers, ['ok', 'ok', 'conflict', 'ok'])
      const stored = await world.engine.find(room.id)
      assert.deepEqual([stored?.profile_seq, stored?.last_seq], [3, 5])
      assert.equal(
        await codeOf(commit(room.id, say('e'), revise, { op: 'require', check: () => 'forbidden' })),
        'forbidden',
      )
      assert.equal((await commit(room.id, cached(3), say('f'))).room.profile_seq, 3)
    })

    test('[C11] revise without a change before it in its call is an internal error', async () => {
      const room = await createRoom(world.engine)
      const answers = await Promise.all([
        codeOf(commit(room.id, say('of another call'))),
        codeOf(commit(room.id, { op: 'revise' })),
        codeOf(commit(room.id, { op: 'remove', type: state, key: 'none' }, { op: 'revise' })),
      ])
      assert.deepEqual(answers, ['ok', 'internal', 'internal'])
    })

    test('members are listed in the order of joining, and rooms by their members', async () => {
      const room = await createRoom(world.engine)
      for (const user of [70, 60, 50]) {
        world.clock.advance(1)
        const joined = await world.engine.commit(call(room.id, [{ op: 'admit', user, role: 'member', capacity: null }]))
        assert.equal(joined.events[0]?.type, 'room.memberJoined')
        assert.equal(joined.events[0]?.actor, user)
      }
      const page = await world.engine.members(permit, room.num, { after: null, limit: 3 })
      assert.deepEqual(
        page.items.map(({ user, role }) => [user, role]),
        [
          [1, 'host'],
          [70, 'member'],
          [60, 'member'],
        ],
      )
      const rest = await world.engine.members(permit, room.num, { after: page.next_cursor, limit: 3 })
      assert.deepEqual(
        rest.items.map(({ user }) => user),
        [50],
      )
      assert.equal(rest.next_cursor, null)
      assert.equal(await codeOf(world.engine.members(permit, room.num, { after: 'x', limit: 3 })), 'validation_error')
      const left = await world.engine.commit(call(room.id, [{ op: 'expel', user: 70, by: 'u1' }]))
      assert.deepEqual(JSON.parse(left.events[0]?.body ?? ''), { role: 'member', by: 'u1', reason: 'removed' })
      assert.deepEqual(await world.engine.roomsOf(70, 10), [])
      assert.deepEqual(
        (await world.engine.roomsOf(50, 10)).map(({ id }) => id),
        [room.id],
      )
      assert.deepEqual((await world.engine.tails([room.num, 999_999])).get(room.num), {
        last_seq: 5,
        epoch: room.epoch,
      })
    })
  })
}
