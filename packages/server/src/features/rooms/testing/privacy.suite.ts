import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld } from '../../testing/world.ts'
import { people, roomOf } from './rooms.ts'

/** What rooms hide from non-members, and how rooms change. */
export function privacySuite(name: string, backend: Backend): void {
  describe(`private and changing rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[RM5] [RM8] non-members see only the short form of a private room', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const room = await createRoom(world, ann, { is_private: true, movie_source: { type: 'uploadLater' } })
      assert.deepEqual([room.is_private, room.has_password, room.access], [true, false, 'invite'])
      const { id, name, kind } = room
      const short = { id, name, kind, is_private: true, has_password: false, member_count: 1 }
      assert.deepEqual(await bob.does('GET', `/api/rooms/${id}`), short)
      assert.deepEqual((await world.rest('GET', `/api/rooms/${id}`)).body, short)
      const listed = await bob.does('GET', '/api/rooms')
      assert.deepEqual(
        listed.items.map((item: { id: string }) => item.id),
        ['lobby'],
      )
      assert.deepEqual((await ann.does('GET', `/api/user-chatrooms/${ann.id}`)).items, [
        { ...room, me: { role: 'host' } },
      ])
      assert.deepEqual(await ann.does('GET', `/api/rooms/${id}`), room)
    })

    test('[RM9] one check guards history, members and state', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await createRoom(world, ann, { password: 'sesame' })
      const reads = ['messages', 'members', `members/${ann.id}`, 'state?cursor=x']
      for (const read of reads) {
        assert.equal(await bob.code('GET', `/api/rooms/${id}/${read}`), 'not_a_member', read)
        assert.equal((await world.rest('GET', `/api/rooms/${id}/${read}`)).body.code, 'not_authenticated', read)
      }
      const by_id = { room_id: id }
      assert.equal(await bob.code('POST', '/api/get-chatroom-messages', by_id), 'not_a_member')
      assert.equal(await bob.code('POST', `/api/rooms/${id}/messages`, { content: 'x' }), 'not_a_member')
      await assert.rejects(world.rooms.readable((await world.connect(bob.token)).caller, id), { code: 'not_a_member' })
      await bob.does('POST', `/api/rooms/${id}/join`, { password: 'sesame' })
      assert.deepEqual((await bob.does('POST', '/api/chatroom/get-chatroom-messages', by_id)).messages, [])
      assert.equal((await bob.does('GET', `/api/rooms/${id}/members/${ann.id}`)).role, 'host')
      assert.equal((await bob.does('GET', `/api/rooms/${id}`)).id, id)
    })

    test('[RM9] a cached public room refuses a user as soon as they are banned, and not after the ban is lifted', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      const reads = async () => [await bob.code('GET', `${path}/messages`), await cy.code('GET', `${path}/messages`)]
      assert.deepEqual(await reads(), ['ok', 'ok'])
      await ann.does('DELETE', `${path}/members/${bob.id}?ban=true`)
      assert.deepEqual(await reads(), ['banned', 'ok'])
      await ann.does('DELETE', `${path}/bans/${bob.id}`)
      assert.deepEqual(await reads(), ['ok', 'ok'])
    })

    test('[RM5] [RM10] privacy changes with the password, and everyone is sent the visible part', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { id, path } = await roomOf(world, ann, {})
      const socket = await world.connect(ann.token)
      await socket.ask('join_room', { room_id: id })
      const access = async (changes: object) => {
        const { is_private, has_password, access: by } = await ann.does('PATCH', path, changes)
        return [is_private, has_password, by]
      }
      assert.deepEqual(await access({ password: ' sesa\u006d\u0065 ' }), [true, true, 'password'])
      assert.deepEqual(await access({ name: 'Tea' }), [true, true, 'password'])
      assert.deepEqual(await access({ password: null }), [true, false, 'invite'])
      assert.deepEqual(await access({ password: 'x', is_private: true }), [true, true, 'password'])
      assert.deepEqual(await access({ is_private: false }), [false, false, 'public'])
      assert.deepEqual(await access({ password: '' }), [false, false, 'public'])
      const told = await socket.hears('room_updated')
      assert.equal(told.length, 6)
      assert.deepEqual(
        told.map(({ room }) => room.access),
        ['password', 'password', 'invite', 'password', 'public', 'public'],
      )
      const { member_count, is_active, last_seq, created_at, id: _id, kind, ...shown } = await ann.does('GET', path)
      assert.deepEqual(told.at(-1), { room_id: id, seq: last_seq, by: ann.id, room: shown })
      assert.ok(member_count && is_active && created_at && kind)
      assert.equal(JSON.stringify(told).includes('argon2'), false)
    })

    test('[RM10] absent fields stay; capacity null is no limit; the alias routes create and leave rooms', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const made = await ann.does('POST', '/api/create-chatroom', { name: 'A', is_private: true, password: 'x' })
      const path = `/api/rooms/${made.id}`
      const changed = await ann.does('PATCH', path, {
        name: ' B ',
        settings: { chat: 'host', capacity: 2, locked: true },
        capabilities: { call: false },
      })
      assert.deepEqual(changed, {
        ...made,
        name: 'B',
        settings: { ...made.settings, chat: 'host', capacity: 2, locked: true },
        capabilities: { ...made.capabilities, call: false },
        last_seq: 2,
      })
      const unbounded = await ann.does('PATCH', path, { settings: { capacity: null, locked: false } })
      assert.deepEqual(unbounded.settings, { ...made.settings, chat: 'host' })
      assert.equal(await ann.code('PATCH', path, { name: '' }), 'validation_error')
      assert.equal(await ann.code('PATCH', path, { password: 'x'.repeat(129) }), 'validation_error')
      const entry = { room_id: made.id, password: 'x' }
      assert.equal((await bob.does('POST', '/api/chatroom/join-chatroom', entry)).me.role, 'guest')
      assert.deepEqual(await bob.does('POST', '/api/leave-chatroom', entry), { room_id: made.id })
      const mine = await ann.does('GET', `/api/user/user-chatrooms/${ann.id}`)
      assert.deepEqual(mine, await ann.does('GET', `/api/user-chatrooms/${ann.id}`))
      assert.equal(mine.items[0].me.role, 'host')
      assert.equal(await ann.code('GET', `/api/user-chatrooms/${bob.id}`), 'forbidden')
    })

    test('[RM4] a message is checked against the profile at its commit, not the cached one', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      assert.equal(await bob.code('POST', `${path}/messages`, { content: 'before' }), 'ok')
      const [changed, sent] = await Promise.all([
        ann.code('PATCH', path, { settings: { chat: 'host' } }),
        bob.code('POST', `${path}/messages`, { content: 'after' }),
      ])
      assert.equal(changed, 'ok')
      const { messages } = await ann.does('GET', `${path}/messages`)
      assert.equal(messages.length, sent === 'ok' ? 2 : 1)
      assert.equal(await bob.code('POST', `${path}/messages`, { content: 'x' }), 'chat_disabled')
      assert.equal(await ann.code('POST', `${path}/messages`, { content: 'x' }), 'ok')
      await ann.does('PATCH', path, { settings: { chat: 'everyone' } })
      assert.equal(await bob.code('POST', `${path}/messages`, { content: 'x' }), 'ok')
      await ann.does('PATCH', path, { capabilities: { chat: false } })
      assert.equal(await ann.code('POST', `${path}/messages`, { content: 'x' }), 'chat_disabled')
    })

    test('[RM4] concurrent changes are all kept', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, { cohost: [bob] })
      const changes = [{ name: 'B' }, { settings: { locked: true } }, { capabilities: { call: false } }]
      const codes = await Promise.all(changes.map((each, at) => (at % 2 ? ann : bob).code('PATCH', path, each)))
      assert.deepEqual(codes, ['ok', 'ok', 'ok'])
      const { name, settings, capabilities } = await ann.does('GET', path)
      assert.deepEqual([name, settings.locked, capabilities.call], ['B', true, false])
    })

    test('[RM11] closing a room detaches everyone, and its members can still read it', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] }, { is_private: true })
      await ann.does('POST', `${path}/messages`, { content: 'x' })
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      assert.equal(await bob.code('DELETE', path), 'forbidden')
      assert.deepEqual(await ann.does('DELETE', path), { room_id: id })
      const { reason, room_id } = await socket.heardOf('room_closed')
      assert.deepEqual([reason, room_id, world.live.isAttached(socket.id, 2)], ['closed', id, false])
      assert.equal(await codeOf(socket.ask('join_room', { room_id: id })), 'room_closed')
      for (const [method, to, body] of [
        ['POST', `${path}/messages`, { content: 'x' }],
        ['PATCH', path, { name: 'x' }],
        ['DELETE', path, {}],
        ['POST', `${path}/join`, {}],
      ] as const) {
        assert.equal(await ann.code(method, to, body), 'room_closed', `${method} ${to}`)
      }
      assert.equal((await bob.does('GET', `${path}/messages`)).messages.length, 1)
      assert.equal((await bob.does('GET', path)).is_active, false)
      assert.deepEqual((await bob.does('GET', '/api/rooms/my')).items, [])
    })
  })
}
