import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createRoom, createWorld, signIn } from '../../testing/world.ts'

const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)

export function roomsSuite(name: string, backend: Backend): void {
  describe(`rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[RM1] [RM2] a new room matches the documents, and its creator is host and member', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const { id, capabilities, settings, ...room } = await createRoom(world, ann, { name: '  Tea  ' })
      const host = { id: ann.id, name: 'Ann', avatar_url: null, guest: true }
      assert.deepEqual(room, {
        name: 'Tea',
        kind: 'chat',
        is_private: false,
        has_password: false,
        access: 'public',
        host_id: ann.id,
        owner_id: ann.id,
        host_rights: 'all',
        host,
        member_count: 1,
        is_active: true,
        last_seq: 1,
        picture_url: null,
        created_at: '2026-01-01T00:00:00.000Z',
      })
      assert.deepEqual([capabilities.chat, capabilities.playback, settings.chat], [true, false, 'everyone'])
      const read = await world.rest('GET', `/api/rooms/${id}`)
      assert.deepEqual(read, { status: 200, body: { id, capabilities, settings, ...room } })
      const { body } = await world.rest('GET', `/api/rooms/${id}/members`, { token: ann.token })
      assert.deepEqual(body, {
        items: [{ user: host, role: 'host', joined_at: '2026-01-01T00:00:00.000Z' }],
        next_cursor: null,
      })
      for (const part of ['members', 'state?cursor=x']) {
        assert.equal((await world.rest('GET', `/api/rooms/${id}/${part}`)).status, 401)
      }
    })

    test('[RM2] the request sets the kind; with a movie source it is always a watch party', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      for (const kind of ['chat', 'meeting', 'call', 'game']) {
        assert.equal((await createRoom(world, ann, { kind })).kind, kind)
      }
      const movie_source = { type: 'directLink', url: 'https://example.org/film.mp4' }
      const watch = await createRoom(world, ann, { kind: 'meeting', movie_source })
      assert.deepEqual([watch.kind, watch.movie_source, watch.capabilities.playback], ['watch', movie_source, true])
      assert.equal((await createRoom(world, ann, { movie_source: { type: 'uploadLater' } })).kind, 'watch')
      const link = (url: string | null, type = 'directLink') => ({ movie_source: { type, url } })
      const bad = [
        ...[
          { kind: 'lobby' },
          { kind: 'watch' },
          link(null),
          link('javascript:1'),
          link('https://ann:pw@example.org/'),
        ],
        ...['googleDrive', 'uploadLater'].map((type) => link('data:text/html,<script>1</script>', type)),
      ]
      for (const fields of bad) {
        const { status, body } = await world.rest('POST', '/api/rooms', {
          token: ann.token,
          body: { name: 'x', ...fields },
        })
        assert.deepEqual([status, body.code, Object.keys(body.errors)], [400, 'validation_error', Object.keys(fields)])
      }
    })

    test('[RM3] given options replace the defaults of the kind, and only those', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const plain = await createRoom(world, ann)
      const fields = { capabilities: { chat: false, nothing: 1 }, settings: { call: 'host', capacity: 2 } }
      const room = await createRoom(world, ann, fields)
      assert.deepEqual(room.capabilities, { ...plain.capabilities, chat: false })
      assert.deepEqual(room.settings, { ...plain.settings, call: 'host', capacity: 2 })
      const unbounded = await createRoom(world, ann, { settings: { capacity: null } })
      assert.deepEqual(unbounded.settings, plain.settings)
      const join = async (guest: string) =>
        (await world.rest('POST', `/api/rooms/${room.id}/join`, { token: (await signIn(world, guest)).token })).body
      assert.equal((await join('Bob')).me.role, 'guest')
      assert.deepEqual([(await join('Eve')).code], ['room_full'])
    })

    test('[RM6] the lobby exists, is made once, and its visitors are not members', async () => {
      await using world = await createWorld(await backend.open())
      const lobby = (await world.rest('GET', '/api/rooms/lobby')).body
      const { id, kind, host_id, member_count, last_seq } = lobby
      assert.deepEqual([id, kind, host_id, member_count, last_seq], ['lobby', 'lobby', null, 0, 0])
      assert.equal('host' in lobby, false)
      assert.equal((await world.rooms.openLobby()).epoch, (await world.rooms.openLobby()).epoch)
      const socket = await world.connect()
      const joined = await socket.ask('join_room', { room_id: 'lobby' })
      assert.deepEqual([joined.me.role, joined.room.member_count, joined.seq], ['visitor', 0, 0])
      const { token } = await signIn(world, 'Ann')
      assert.equal((await world.rest('POST', '/api/rooms/lobby/join', { token })).body.me.role, 'visitor')
      await world.rest('POST', '/api/rooms/lobby/leave', { token })
      assert.deepEqual((await world.rest('GET', '/api/rooms/lobby')).body, lobby)
      assert.deepEqual(world.joined, [])
    })

    test('[RM7] lists are newest first, in pages, and show the current state of rooms', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, bob] = [await signIn(world, 'Ann'), await signIn(world, 'Bob')]
      const made: string[] = []
      for (const host of [ann, bob, ann, bob, ann]) made.unshift((await createRoom(world, host)).id)
      const all: string[] = []
      let cursor = ''
      do {
        const { body } = await world.rest('GET', `/api/rooms?limit=2${cursor}`)
        assert.ok(body.items.length <= 2)
        all.push(...ids(body.items))
        cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`
      } while (cursor !== '')
      assert.deepEqual(all, [...made, 'lobby'])
      await world.rest('POST', `/api/rooms/${made[0]}/join`, { token: bob.token })
      const mine = (await world.rest('GET', `/api/user-chatrooms/${bob.id}`, { token: bob.token })).body
      assert.deepEqual(ids(mine.items), [made[0], made[1], made[3]])
      const { body: first } = await world.rest('GET', `/api/rooms/${made[0]}`)
      assert.deepEqual(mine.items[0], { ...first, me: { role: 'guest' } })
      assert.equal(mine.items[0].member_count, 2)
      assert.equal((await world.rest('GET', '/api/rooms/my')).status, 401)
      for (const query of ['limit=0', 'limit=x', 'cursor=x', 'cursor=-1']) {
        assert.equal((await world.rest('GET', `/api/rooms?${query}`)).body.code, 'validation_error', query)
      }
      assert.equal((await world.rest('GET', '/api/rooms?limit=1000')).status, 200)
    })

    test('[RM7] reading a room that does not exist answers not_found', async () => {
      await using world = await createWorld(await backend.open())
      const { token } = await signIn(world, 'Ann')
      const id = encodeURIComponent('no such room')
      for (const path of [id, `${id}/members`, `${id}/state?cursor=x`, `${id}/messages`]) {
        assert.equal((await world.rest('GET', `/api/rooms/${path}`, { token })).body.code, 'not_found', path)
      }
      for (const path of ['join', 'leave']) {
        assert.equal((await world.rest('POST', `/api/rooms/${id}/${path}`, { token })).body.code, 'not_found', path)
      }
      assert.equal((await world.rest('GET', '/api/rooms/a%00b')).body.code, 'validation_error')
    })
  })
}
