import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createWorld, noProviders, secret, signIn, type World } from '../../testing/world.ts'
import { people, roomOf } from '../../rooms/testing/rooms.ts'
import type { ProviderSettings } from '../tokens.ts'

const twilio = {
  TWILIO_ACCOUNT_SID: 'ACx',
  TWILIO_API_KEY: 'SKx',
  TWILIO_API_SECRET: 'twilio-secret',
  TWILIO_REGION: null,
}
const livekit = { LIVEKIT_API_KEY: 'APIx', LIVEKIT_API_SECRET: 'livekit-secret' }
const now = Date.UTC(2026, 0, 1) / 1000

const ask = (world: World, body: object, token: string | null = null) =>
  world.rest('POST', '/api/token', { body, token })

const claimsOf = async (token: string, key: string) =>
  (await jwtVerify(token, Buffer.from(key), { currentDate: new Date(now * 1000) })).payload

export function callsSuite(name: string, backend: Backend): void {
  describe(`calls on ${name}`, () => {
    after(() => backend.stop())

    test('[C1] [C5] anyone gets a token for a call with any name', async () => {
      await using world = await createWorld(await backend.open())
      const { status, body } = await ask(world, { identity: 'user123', room: ' room456 ' })
      const { token, ...rest } = body
      const expires_at = '2026-01-01T01:00:00.000Z'
      assert.deepEqual([status, rest], [200, { identity: 'user123', room: 'room456', provider: 'parlor', expires_at }])
      assert.deepEqual(await claimsOf(token, secret), {
        ...{ iss: 'parlor', aud: 'parlor-call', sub: 'user123', typ: 'call', room: 'room456', name: 'user123' },
        ...{ iat: now, exp: now + 3600 },
      })
      assert.equal(await codeOf(world.connect(token)), 'token_invalid')
    })

    test('[C1] missing fields are reported one at a time', async () => {
      await using world = await createWorld(await backend.open())
      for (const [body, field] of [
        [{}, 'identity'],
        [{ room: 'r' }, 'identity'],
        [{ identity: ' ', room: 'r' }, 'identity'],
        [{ identity: 'i' }, 'room'],
        [{ identity: 'i', room: null }, 'room'],
      ] as const) {
        const { status, body: answer } = await ask(world, body)
        assert.deepEqual(
          [status, answer.code, answer.error, answer.required],
          [400, 'missing_fields', `Missing required field: ${field}`, [field]],
        )
      }
      const { body } = await ask(world, { identity: 'i', room: 'x'.repeat(129), provider: 'zoom' })
      assert.deepEqual([body.code, Object.keys(body.errors)], ['validation_error', ['room', 'provider']])
    })

    test('[C2] a signed-in caller gets their own identity, and others cannot claim the identity of a user', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const { body } = await ask(world, { identity: 'Bob', room: 'r' }, ann.token)
      assert.equal(body.identity, ann.id)
      const { sub, name } = await claimsOf(body.token, secret)
      assert.deepEqual([sub, name], [ann.id, 'Ann'])
      const account = { username: 'Zoë', email: 'zoe@example.org', password: 'an unusual password' }
      const { id } = (await world.rest('POST', '/api/auth/register', { body: account })).body.user
      for (const [identity, code] of [
        ['ZOË', 'sender_taken'],
        [id, 'forbidden'],
        [ann.id, 'forbidden'],
      ]) {
        const { status, body } = await ask(world, { identity, room: 'r' })
        assert.deepEqual([status, body.code], [403, code])
      }
      assert.equal((await ask(world, { identity: 'Ann', room: 'r' })).status, 200)
      await using closed = await createWorld(await backend.open(), { allowGuests: false })
      assert.equal((await ask(closed, { identity: 'x', room: 'r' })).body.code, 'guests_not_allowed')
    })

    test('[C7] [C8] [A8] for a room only callers who may join it and use calls there get a token', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy, eve } = await people(world, 'ann', 'bob', 'cy', 'eve')
      const on = (room: string, token: string | null) => ask(world, { identity: 'x', room }, token)
      const code = async (...given: Parameters<typeof on>) => (await on(...given)).body.code ?? 'ok'
      // Ann owns the room, Bob is a co-host, Cy a member, Eve not a member; the last caller has no token.
      const inside = ['ok', 'ok', 'ok']
      const both = (refused: string) => [...inside, refused, refused]
      const off = 'call_disabled'
      const rows: [what: object, expected: string[]][] = [
        [{}, both('ok')],
        [{ settings: { capacity: 9 } }, both('ok')],
        [{ is_private: true }, [...inside, 'not_a_member', 'not_authenticated']],
        [{ password: 'x', settings: { locked: true } }, [...inside, 'not_a_member', 'not_authenticated']],
        [{ settings: { locked: true } }, both('room_locked')],
        [{ settings: { waiting: true } }, both('not_a_member')],
        [{ settings: { capacity: 3 } }, both('room_full')],
        [{ capabilities: { call: false } }, [off, off, off, off, off]],
        [{ settings: { call: 'off' } }, [off, off, off, off, off]],
        [{ settings: { call: 'host' } }, ['ok', 'ok', off, off, off]],
        [{ settings: { call: 'host', waiting: true } }, ['ok', 'ok', off, 'not_a_member', 'not_a_member']],
      ]
      for (const [fields, expected] of rows) {
        const { id } = await roomOf(world, ann, { cohost: [bob], guest: [cy] }, fields)
        const codes: string[] = []
        for (const token of [ann.token, bob.token, cy.token, eve.token, null]) codes.push(await code(id, token))
        assert.deepEqual(codes, expected, JSON.stringify(fields))
      }
      assert.deepEqual([await code('lobby', ann.token), await code('lobby', null)], [off, off])
    })

    test('[C7] a banned user gets no token, and a closed room gives none', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, eve } = await people(world, 'ann', 'bob', 'eve')
      for (const fields of [{}, { is_private: true }, { settings: { locked: true } }]) {
        const { id, path } = await roomOf(world, ann, { guest: [bob, eve] }, fields)
        const code = async (token: string | null) =>
          (await ask(world, { identity: 'x', room: id }, token)).body.code ?? 'ok'
        await ann.does('DELETE', `${path}/members/${eve.id}`, { ban: true })
        assert.deepEqual([await code(eve.token), await code(bob.token)], ['banned', 'ok'])
        await ann.does('DELETE', path)
        for (const token of [ann.token, bob.token, eve.token, null]) assert.equal(await code(token), 'room_closed')
      }
    })

    test("[C3] [C7] a room's id in other letters still means the room: its access checks run, and the call is the room's", async () => {
      await using world = await createWorld(await backend.open())
      const { ann, eve } = await people(world, 'ann', 'eve')
      const { id } = await roomOf(world, ann, {}, { is_private: true })
      const wide = id.replace(/[a-z0-9]/g, (letter: string) =>
        String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0),
      )
      for (const room of [id.toUpperCase(), ` ${id.toUpperCase()} `, wide]) {
        const asked = (token: string) => ask(world, { identity: 'x', room }, token)
        assert.equal((await asked(eve.token)).body.code, 'not_a_member')
        assert.equal((await asked(ann.token)).body.room, id)
      }
      assert.equal((await ask(world, { identity: 'x', room: 'Room456' })).body.room, 'Room456')
    })

    test('[C4] [C6] a configured provider is used, and one that is not configured answers which settings are missing', async () => {
      const fields = { identity: 'x', room: 'r' }
      const on = async (providers: Partial<ProviderSettings>, wanted?: string) => {
        await using world = await createWorld(await backend.open(), { providers: { ...noProviders, ...providers } })
        return (await ask(world, wanted ? { ...fields, provider: wanted } : fields)).body
      }
      const video = await on({ twilio: { ...twilio, TWILIO_REGION: 'ie1' }, livekit })
      assert.equal(video.provider, 'twilio')
      assert.deepEqual(await claimsOf(video.token, 'twilio-secret'), {
        ...{ jti: `SKx-${now}`, iss: 'SKx', sub: 'ACx', iat: now, exp: now + 3600 },
        grants: { identity: 'x', video: { room: 'r' } },
      })
      assert.deepEqual(decodeProtectedHeader(video.token), {
        ...{ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1', twr: 'ie1' },
      })
      const kit = await on({ livekit })
      assert.equal(kit.provider, 'livekit')
      assert.deepEqual(await claimsOf(kit.token, 'livekit-secret'), {
        ...{ iss: 'APIx', sub: 'x', name: 'x', nbf: now, exp: now + 3600, video: { room: 'r', roomJoin: true } },
      })
      assert.equal((await on({ twilio, livekit }, 'livekit')).provider, 'livekit')
      assert.equal((await on({ twilio }, 'parlor')).provider, 'parlor')
      const part = { ...twilio, TWILIO_API_KEY: null, TWILIO_API_SECRET: null }
      for (const [answer, names] of [
        [await on({}, 'twilio'), 'TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET'],
        [await on({ twilio: part }), 'TWILIO_API_KEY, TWILIO_API_SECRET'],
        [await on({ twilio }, 'livekit'), 'LIVEKIT_API_KEY, LIVEKIT_API_SECRET'],
      ])
        assert.deepEqual(
          [answer.code, answer.error],
          ['not_configured', `These settings are missing on this server: ${names}`],
        )
    })
  })
}
