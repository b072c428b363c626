import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import type { RoomOption } from '../../../core/room-option.ts'
import { defineFeature } from '../../feature.ts'
import { type Backend, createWorld, type World } from '../../testing/world.ts'
import { people, roomOf } from './rooms.ts'

/** Capabilities and settings that a later release adds to rooms. */
const gamesOption: RoomOption = {
  name: 'games',
  onIn: ['chat'],
  forWhom: 'host',
  hosts: 'controls',
  settings: {
    // Earlier the number stood in an object.
    game_seats: { schema: z.int().min(2), otherwise: 4, closed: 2, upcast: (stored) => Object(stored).seats },
  },
}

const games = defineFeature({ name: 'games', roomOptions: [gamesOption], create: () => ({ api: null }) })

/** A database on which a second release, or a second node, can be started. */
async function shared(backend: Backend) {
  const db = await backend.open()
  return { db, again: { ...db, close: async () => {} } }
}

async function spoil(world: World, room_id: string, set: string): Promise<void> {
  const row = await world.engine.find(room_id)
  assert.ok(row)
  await world.db.write([{ sql: `UPDATE room_profiles SET ${set} WHERE room = ${row.num}`, parameters: [] }])
}
const column = async (world: World, room_id: string, name: string): Promise<string> => {
  const row = await world.engine.find(room_id)
  const sql = `SELECT ${name} AS found FROM room_profiles WHERE room = ${row?.num}`
  const [found] = await world.db.all({ sql, parameters: [] })
  return String(found?.['found'])
}

export function storedRoomsSuite(name: string, backend: Backend): void {
  describe(`stored rooms of other releases on ${name}`, () => {
    after(() => backend.stop())

    test('[RM13] older rooms show the defaults of a feature’s new options, in every answer', async () => {
      const { db, again } = await shared(backend)
      await using before = await createWorld(db)
      const { ann, bob } = await people(before, 'ann', 'bob')
      const { id, path } = await roomOf(before, ann, { guest: [bob] })
      await ann.does('PATCH', path, { name: 'Tea' })
      await using now = await createWorld(again, { more: [games] })
      const { status, body } = await now.rest('GET', path, { token: bob.token })
      assert.equal(status, 200)
      assert.deepEqual([body.capabilities.games, body.capabilities.chat], [true, true])
      assert.deepEqual([body.settings.games, body.settings.game_seats], ['host', 4])
      for (const list of ['/api/rooms', '/api/rooms/my', '/api/rooms/lobby', `${path}/messages`])
        assert.equal((await now.rest('GET', list, { token: ann.token })).status, 200, list)
      const socket = await now.connect(bob.token)
      const joined = await socket.ask('join_room', { room_id: id, after_seq: 0 })
      const [updated] = joined.events.filter(({ event }: { event: string }) => event === 'room_updated')
      assert.deepEqual([updated.data.room.name, updated.data.room.capabilities.games], ['Tea', true])
      assert.equal(now.unreadable.length, 0)
    })

    test('[RM13] an earlier release reads rooms of a later one, and keeps their unknown fields', async () => {
      const { db, again } = await shared(backend)
      await using later = await createWorld(db, { more: [games] })
      const { ann } = await people(later, 'ann')
      const { id, path } = await roomOf(later, ann, {})
      await ann.does('PATCH', path, { capabilities: { games: false }, settings: { game_seats: 8 } })
      await spoil(later, id, `v = 7`)
      await using before = await createWorld(again)
      const read = await before.rest('GET', path, { token: ann.token })
      assert.deepEqual([read.status, read.body.capabilities.games], [200, undefined])
      const renamed = { name: 'Tea', settings: { locked: true } }
      assert.equal((await before.rest('PATCH', path, { token: ann.token, body: renamed })).status, 200)
      await using restarted = await createWorld(again, { more: [games] })
      const { body } = await restarted.rest('GET', path, { token: ann.token })
      assert.deepEqual([body.name, body.settings.locked], ['Tea', true])
      assert.deepEqual([body.capabilities.games, body.settings.game_seats], [false, 8])
      assert.equal(await column(later, id, 'v'), '7')
      assert.deepEqual([...before.unreadable, ...restarted.unreadable], [])
    })

    test('[RM13] [SD2] a setting in its form of an earlier release is upgraded when it is read, and its row stays', async () => {
      const { db, again } = await shared(backend)
      await using before = await createWorld(db, { more: [games] })
      const { ann } = await people(before, 'ann')
      const { id, path } = await roomOf(before, ann, {})
      const settings = JSON.parse(await column(before, id, 'settings'))
      for (const [stored, shows] of [
        [{ seats: 6 }, 6],
        [{ seats: 'x' }, 2],
        [null, 2],
      ]) {
        await spoil(before, id, `settings = '${JSON.stringify({ ...settings, game_seats: stored })}'`)
        await using now = await createWorld(again, { more: [games] })
        const { body } = await now.rest('GET', path, { token: ann.token })
        assert.equal(body.settings.game_seats, shows)
        assert.equal(now.unreadable.length > 0, shows === 2)
        assert.equal((await now.rest('PATCH', path, { token: ann.token, body: { name: 'Tea' } })).status, 200)
        assert.deepEqual(JSON.parse(await column(now, id, 'settings')).game_seats, stored)
      }
    })

    test('[RM13] a room with unreadable settings is private and locked, with everything off', async () => {
      const { db, again } = await shared(backend)
      await using before = await createWorld(db)
      const { ann, bob, cy } = await people(before, 'ann', 'bob', 'cy')
      for (const broken of [`settings = '{"chat":'`, `settings = '[]'`, `capabilities = 'null'`]) {
        const { id, path } = await roomOf(before, ann, { guest: [bob] })
        const other = await roomOf(before, ann, {})
        await spoil(before, id, broken)
        await using now = await createWorld(again)
        const ask = (method: string, address: string, token: string, body = {}) =>
          now.rest(method, address, { token, body })
        const stranger = await ask('GET', path, cy.token)
        assert.deepEqual([stranger.status, stranger.body.is_private, stranger.body.settings], [200, true, undefined])
        assert.equal((await ask('POST', `${path}/join`, cy.token)).body.code, 'room_locked')
        assert.equal((await ask('GET', `${path}/messages`, cy.token)).body.code, 'not_a_member')
        const { body } = await ask('GET', path, bob.token)
        assert.deepEqual([body.is_private, body.settings.locked, body.settings.chat], [true, true, 'off'])
        assert.equal((await ask('POST', `${path}/messages`, bob.token, { content: 'x' })).body.code, 'chat_disabled')
        const listed = await ask('GET', '/api/rooms?limit=200', cy.token)
        const ids = listed.body.items.map(({ id: each }: { id: string }) => each)
        assert.deepEqual([ids.includes(id), ids.includes(other.id)], [false, true])
        assert.ok(now.unreadable.some(({ kind }) => kind === 'room'))
        // Its owner sets them again.
        const settings = { chat: 'everyone', locked: false, waiting: false }
        const mended = { is_private: false, settings, capabilities: { chat: true } }
        assert.equal((await ask('PATCH', path, ann.token, mended)).status, 200)
        assert.equal((await ask('POST', `${path}/join`, cy.token)).status, 200)
        assert.equal((await ask('POST', `${path}/messages`, cy.token, { content: 'x' })).status, 201)
      }
    })

    test('[RM13] an unreadable setting is off; one about joining keeps new users out', async () => {
      const { db, again } = await shared(backend)
      await using before = await createWorld(db)
      const { ann, bob, cy } = await people(before, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(before, ann, { guest: [bob] })
      const settings = JSON.parse(await column(before, id, 'settings'))
      const put = (more: object) => spoil(before, id, `settings = '${JSON.stringify({ ...settings, ...more })}'`)
      await put({ chat: 'friends' })
      {
        await using now = await createWorld(again)
        const sent = await now.rest('POST', `${path}/messages`, { token: bob.token, body: { content: 'x' } })
        assert.equal(sent.body.code, 'chat_disabled')
        assert.equal((await now.rest('POST', `${path}/join`, { token: cy.token })).status, 200)
        assert.deepEqual(
          now.unreadable.map(({ kind, row }) => [kind, row.split(' ').at(-1)]),
          now.unreadable.map(() => ['setting', 'chat']),
        )
        // A change of other fields leaves it as it is.
        await now.rest('PATCH', path, { token: ann.token, body: { name: 'Tea' } })
        assert.equal(JSON.parse(await column(now, id, 'settings')).chat, 'friends')
      }
      for (const door of [{ locked: 'sometimes' }, { waiting: 1 }, { capacity: 'many' }]) {
        await put(door)
        await using now = await createWorld(again)
        const dee = await now.rest('POST', '/api/auth/guest', { body: { name: 'dee' } })
        const join = await now.rest('POST', `${path}/join`, { token: dee.body.access_token })
        assert.equal(join.body.code, 'room_locked')
        assert.equal((await now.rest('GET', path, { token: bob.token })).body.is_private, true)
      }
    })
  })
}
