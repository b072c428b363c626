import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createMemoryBus } from '../../../platform/bus/memory.ts'
import type { RoomMessages } from '../../../room/types.ts'
import { type Answer, codeOf } from '../../testing/doors.ts'
import {
  type Backend,
  createRoom,
  createWorld,
  secret,
  signIn,
  type World,
  type WorldOptions,
} from '../../testing/world.ts'
import { createSetupTokens } from '../accounts/setup-token.ts'
import { outcome, password, post, register, tokensOf } from './register.ts'

const choices = { server_name: 'Home', registration: 'open', guests: true, lobby: true }
const ada = { email: 'ada@example.org', username: 'Ada', password }

const tokenNow = ({ clock }: World): string => createSetupTokens({ current: secret, previous: [] }).issue(clock.now())

const setUp = (world: World, change: object = {}) =>
  post(world, '/api/setup', { token: tokenNow(world), ...ada, ...choices, ...change })

const shown = async (world: World): Promise<Answer> => (await world.rest('GET', '/api/server')).body

async function administered(backend: Backend, change: object = {}, options: WorldOptions = {}) {
  const world = await createWorld(await backend.open(), options)
  const { status, body } = await setUp(world, change)
  assert.equal(status, 201, JSON.stringify(body))
  return { world, admin: tokensOf(body) }
}

export function administratorsSuite(name: string, backend: Backend): void {
  describe(`administrators on ${name}`, () => {
    after(() => backend.stop())

    test('[AD1] [SV1] the setup makes the first administrator, once, and what they chose is shown', async () => {
      await using world = await createWorld(await backend.open())
      const before = await shown(world)
      assert.deepEqual(
        [before.name, before.setup_needed, before.registration, before.guests, before.lobby, before.sign_in],
        ['Parlor', true, 'open', true, true, ['password', 'guest']],
      )
      assert.ok(before.limits.message_text > 0 && before.protocol > 0 && before.version !== '')
      const { status, body } = await setUp(world, { registration: 'closed', guests: false, lobby: false })
      assert.deepEqual([status, body.user.admin, body.user.username], [201, true, 'Ada'])
      const me = await world.rest('GET', '/api/me', { token: body.access_token })
      assert.equal(me.body.admin, true)
      const now = await shown(world)
      assert.deepEqual(
        [now.name, now.setup_needed, now.registration, now.guests, now.lobby, now.sign_in],
        ['Home', false, 'closed', false, false, ['password']],
      )
      assert.equal(outcome(await setUp(world, { email: 'b@example.org', username: 'Bob' })), '409 already_set_up')
    })

    test('[AD1] a setup needs a token of this server that is not older than a day', async () => {
      await using world = await createWorld(await backend.open())
      const foreign = createSetupTokens({ current: 'another secret', previous: [] }).issue(world.clock.now())
      const [until = '', mac = ''] = tokenNow(world).split('.')
      const later = `${(Number.parseInt(until, 36) + 1).toString(36)}.${mac}`
      for (const token of [foreign, later, `${until}.`, until, '', 'a.b'])
        assert.equal(outcome(await setUp(world, { token })), '403 setup_token_invalid', token)
      const token = tokenNow(world)
      world.advance(24 * 3_600_000 + 1)
      assert.equal(outcome(await setUp(world, { token })), '403 setup_token_invalid')
      assert.equal((await shown(world)).setup_needed, true)
      assert.equal(outcome(await setUp(world)), 201)
    })

    test('[AD1] [A2] [A3] the first account obeys the rules of every account', async () => {
      await using world = await createWorld(await backend.open())
      for (const [field, value] of [
        ['password', 'short'],
        ['password', 'password123'],
        ['password', 'x'.repeat(300)],
        ['username', 'ada@example.org'],
        ['email', 'nobody'],
      ] as const) {
        const refused = await setUp(world, { [field]: value })
        assert.deepEqual([outcome(refused), Object.keys(refused.body.errors)], ['400 validation_error', [field]], value)
      }
      assert.equal((await shown(world)).setup_needed, true)
    })

    test('[AD1] an account that exists takes the server with its password, and of two setups at once one does', async () => {
      await using world = await createWorld(await backend.open())
      const bob = await register(world, 'Bob')
      const theirs = { email: 'bob@example.org', username: 'Bob' }
      assert.equal(outcome(await setUp(world, { ...theirs, password: 'wrong password' })), '401 invalid_credentials')
      assert.equal((await shown(world)).setup_needed, true)
      const both = await Promise.all([setUp(world, theirs), setUp(world)])
      assert.deepEqual(new Set(both.map(outcome)), new Set([201, '409 already_set_up']))
      const me = await world.rest('GET', '/api/me', { token: bob.token })
      assert.equal(me.body.admin, both[0]?.status === 201)
    })

    test('[AD2] administrators make others, also of signed-in accounts, and never of guests', async () => {
      const { world, admin } = await administered(backend)
      await using _ = world
      const [bob, gus] = [await register(world, 'Bob'), await signIn(world, 'Gus')]
      const set = (id: string, value: boolean, token: string | null) =>
        world.rest('PATCH', `/api/admin/users/${id}`, { body: { admin: value }, token })
      assert.equal(outcome(await set(bob.id, true, bob.token)), '403 forbidden')
      assert.equal(outcome(await set(bob.id, true, null)), '401 not_authenticated')
      assert.equal(outcome(await set(gus.id, true, admin.token)), '403 forbidden')
      assert.equal(outcome(await set('nobody', true, admin.token)), '404 not_found')
      const made = await set(bob.id, true, admin.token)
      assert.deepEqual([made.status, made.body.id, made.body.admin], [200, bob.id, true])
      assert.equal(outcome(await set(admin.id, false, bob.token)), 200)
      assert.equal(outcome(await set(bob.id, true, admin.token)), '403 forbidden')
      assert.equal((await world.rest('GET', '/api/me', { token: admin.token })).body.admin, false)
    })

    test('[AD3] the last administrator can neither step back nor delete the account', async () => {
      const { world, admin } = await administered(backend)
      await using _ = world
      const step = () =>
        world.rest('PATCH', `/api/admin/users/${admin.id}`, { body: { admin: false }, token: admin.token })
      const remove = () => post(world, '/api/delete-account', { password }, admin.token)
      assert.equal(outcome(await step()), '409 last_administrator')
      assert.equal(outcome(await remove()), '409 last_administrator')
      const bob = await register(world, 'Bob')
      const body = { admin: true }
      assert.equal(outcome(await world.rest('PATCH', `/api/admin/users/${bob.id}`, { body, token: admin.token })), 200)
      assert.equal(outcome(await remove()), 200)
      assert.equal((await shown(world)).setup_needed, false)
    })

    test('[AD4] [SV4] another node knows administrators and choices within a second', async () => {
      const db = await backend.open()
      const bus = createMemoryBus<RoomMessages>()
      await using world = await createWorld(db, { bus })
      await using other = await createWorld({ ...db, close: async () => undefined }, { bus })
      const { body } = await setUp(world, { guests: false, server_name: 'Club' })
      other.advance(1_000)
      await other.settled()
      const { name, guests, setup_needed } = await shown(other)
      assert.deepEqual([name, guests, setup_needed], ['Club', false, false])
      assert.equal(outcome(await post(other, '/api/auth/guest', { name: 'Gus' })), '403 guests_not_allowed')
      const set = { body: { admin: true }, token: body.access_token }
      assert.equal(outcome(await other.rest('PATCH', `/api/admin/users/${body.user.id}`, set)), 200)
    })

    test('[AD5] where only invited people may, an invite link makes an account', async () => {
      const { world, admin } = await administered(backend, { registration: 'invite' })
      await using _ = world
      const room = await createRoom(world, { ...admin, name: 'Ada' })
      const invite = (await world.rest('POST', `/api/rooms/${room.id}/invites`, { token: admin.token, body: {} })).body
      const join = (given: object | null) => {
        const invited = given ? { invite: given } : {}
        return post(world, '/api/auth/register', { email: 'b@example.org', username: 'Bob', password, ...invited })
      }
      for (const wrong of [null, { room_id: room.id, code: 'x' }, { room_id: 'nowhere', code: invite.code }])
        assert.equal(outcome(await join(wrong)), '403 invitation_needed', JSON.stringify(wrong))
      await world.rest('DELETE', `/api/rooms/${room.id}/invites/${invite.id}`, { token: admin.token })
      assert.equal(outcome(await join({ room_id: room.id, code: invite.code })), '403 invitation_needed')
      const next = (await world.rest('POST', `/api/rooms/${room.id}/invites`, { token: admin.token, body: {} })).body
      assert.equal(outcome(await join({ room_id: room.id, code: next.code })), 201)
    })

    test('[AD5] where accounts are closed, nobody makes one, a guest neither', async () => {
      const { world } = await administered(backend, { registration: 'closed' })
      await using _ = world
      const gus = await signIn(world, 'Gus')
      const body = { email: 'g@example.org', username: 'Gustav', password }
      assert.equal(outcome(await post(world, '/api/auth/register', body, gus.token)), '403 registration_closed')
      assert.equal(outcome(await post(world, '/api/register', body)), '403 registration_closed')
    })

    test('[SV2] settings of the environment win over what was chosen', async () => {
      const { world } = await administered(backend, { guests: true }, { allowGuests: false })
      await using _ = world
      assert.equal((await shown(world)).guests, false)
      assert.equal(outcome(await post(world, '/api/auth/guest', { name: 'Gus' })), '403 guests_not_allowed')
    })

    test('[SV3] choices that cannot be read let nobody new in', async () => {
      const db = await backend.open()
      await db.write([
        { sql: `INSERT INTO server_settings VALUES ('choices', '{"name": 7, "registration":', 1)`, parameters: [] },
      ])
      await using world = await createWorld(db)
      const { name, registration, lobby } = await shown(world)
      assert.deepEqual([name, registration, lobby], ['Parlor', 'closed', false])
      assert.deepEqual(world.unreadable[0]?.kind, 'setting')
    })

    test('[SV5] without a lobby it is as a room that does not exist', async () => {
      const { world, admin } = await administered(backend, { lobby: false })
      await using _ = world
      const { token } = admin
      const socket = await world.connect(token)
      assert.equal(await codeOf(socket.ask('join_room', { room_id: 'lobby' })), 'not_found')
      assert.equal(await codeOf(socket.ask('send_text', { text: 'hello' })), 'not_found')
      assert.equal(outcome(await post(world, '/api/message', { content: 'hello' }, token)), '404 not_found')
      assert.deepEqual((await world.rest('GET', '/api/rooms')).body.items, [])
      for (const path of ['', '/messages', '/members'])
        assert.equal(outcome(await world.rest('GET', `/api/rooms/lobby${path}`, { token })), '404 not_found', path)
    })
  })
}
