import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, signIn } from '../../testing/world.ts'
import { login, outcome, password, refreshed, register, tokensOf, until } from './register.ts'

const day = 86_400_000

export function sessionsSuite(name: string, backend: Backend): void {
  describe(`sessions on ${name}`, () => {
    after(() => backend.stop())

    test('[T5] a refresh token is exchanged for new tokens, also by a guest', async () => {
      await using world = await createWorld(await backend.open())
      const guest = async () => tokensOf((await world.rest('POST', '/api/auth/guest', { body: { name: 'Gus' } })).body)
      for (const enter of [() => register(world, 'Ann'), guest]) {
        const first = await enter()
        world.advance(29 * day)
        const { status, body } = await refreshed(world, first.refresh)
        assert.deepEqual([status, body.user.id, body.expires_in], [200, first.id, 3600])
        assert.notEqual(body.refresh_token, first.refresh)
        assert.equal(outcome(await world.rest('GET', '/api/me', { token: body.access_token })), 200)
        // The session lasts from its last refresh.
        world.advance(29 * day)
        assert.equal(outcome(await refreshed(world, body.refresh_token)), 200)
      }
    })

    test('[T5] for 10 s the token just used answers its successor again', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await register(world, 'Ann')
      world.advance(60_000)
      const [one, two] = await Promise.all([refreshed(world, ann.refresh), refreshed(world, ann.refresh)])
      world.advance(10_000)
      const three = await refreshed(world, ann.refresh)
      for (const { status, body } of [two, three])
        assert.deepEqual([status, body.refresh_token], [200, one.body.refresh_token])
      assert.equal(outcome(await refreshed(world, one.body.refresh_token)), 200)
    })

    test('[T5] reusing an old refresh token ends the session, for the thief and for the owner', async () => {
      await using world = await createWorld(await backend.open())
      for (const late of [true, false]) {
        const ann = await register(world, late ? 'Late' : 'Older')
        const other = tokensOf((await login(world, late ? 'Late' : 'Older')).body)
        const next = tokensOf((await refreshed(world, ann.refresh)).body)
        const latest = late ? next : tokensOf((await refreshed(world, next.refresh)).body)
        if (late) world.advance(10_001)
        const socket = await world.connect(latest.token)
        assert.equal(outcome(await refreshed(world, ann.refresh)), '401 token_invalid')
        assert.equal((await socket.heardOf('error')).code, 'session_ended')
        assert.equal(outcome(await refreshed(world, latest.refresh)), '401 token_invalid')
        assert.equal(outcome(await world.rest('GET', '/api/me', { token: latest.token })), '401 token_invalid')
        assert.equal(outcome(await world.rest('GET', '/api/me', { token: other.token })), 200)
      }
    })

    test('[T5] setting the clock back does not make an old use recent', async () => {
      const db = await backend.open()
      await using world = await createWorld(db)
      await using other = await createWorld({ ...db, close: async () => undefined })
      for (const node of [world, other]) {
        const ann = await register(world, node === world ? 'Here' : 'There')
        const next = tokensOf((await refreshed(world, ann.refresh)).body)
        for (const each of [world, other]) {
          each.advance(10_001)
          each.step(-3_600_000)
        }
        assert.equal(outcome(await refreshed(node, ann.refresh)), '401 token_invalid')
        assert.equal(outcome(await refreshed(world, next.refresh)), '401 token_invalid')
      }
      // A lost reply is answered again, even if the clock was set meanwhile.
      const bob = await register(world, 'Bob')
      const one = await refreshed(world, bob.refresh)
      world.step(-3_600_000)
      assert.equal((await refreshed(world, bob.refresh)).body.refresh_token, one.body.refresh_token)
    })

    test('[T5] only a valid refresh token of a live session refreshes', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await register(world, 'Ann')
      for (const token of ['', 'x', ann.token, `${ann.refresh}=`, `${ann.refresh}==`, `${ann.refresh}.`])
        assert.equal(outcome(await refreshed(world, token)), '401 token_invalid')
      assert.equal(outcome(await world.rest('POST', '/api/auth/refresh')), '400 missing_fields')
      world.advance(30 * day)
      assert.equal(outcome(await refreshed(world, ann.refresh)), '401 token_invalid')
    })

    test('[T6] logging out ends only this session, with its sockets', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await register(world, 'Ann')
      const other = tokensOf((await login(world, 'Ann')).body)
      const [socket, stays] = [await world.connect(ann.token), await world.connect(other.token)]
      assert.deepEqual((await world.rest('POST', '/api/auth/logout', { token: ann.token })).body, { ok: true })
      assert.equal((await socket.heardOf('error')).code, 'session_ended')
      assert.equal(world.live.owner(socket.id), undefined)
      assert.ok(world.live.owner(stays.id))
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: ann.token })), '401 token_invalid')
      assert.equal(await codeOf(world.connect(ann.token)), 'token_invalid')
      assert.equal(outcome(await refreshed(world, ann.refresh)), '401 token_invalid')
      const unstored = await world.connect()
      const token = unstored.connected.access_token
      assert.equal((await world.rest('GET', '/api/me', { token })).body.username, 'Guest')
      assert.equal(outcome(await world.rest('POST', '/api/logout', { token })), 200)
      assert.equal(await codeOf(world.connect(token)), 'token_invalid')
    })

    test('[A10] users list and end their own sessions', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await register(world, 'Ann')
      world.advance(1000)
      const body = { email: 'ann', password }
      const other = tokensOf((await world.rest('POST', '/api/login', { body, address: '192.0.2.9' })).body)
      const gus = await signIn(world, 'Gus')
      const list = async (token: string) => (await world.rest('GET', '/api/auth/sessions', { token })).body
      const { items, next_cursor } = await list(ann.token)
      assert.equal(next_cursor, null)
      const [newer, older] = items
      assert.deepEqual(newer, {
        id: newer.id,
        created_at: '2026-01-01T00:00:01.000Z',
        last_seen_at: '2026-01-01T00:00:01.000Z',
        expires_at: '2026-01-31T00:00:01.000Z',
        user_agent: null,
        address: '192.0.2.9',
        current: false,
      })
      assert.deepEqual([older.current, items.length], [true, 2])
      const end = (id: string, token: string) => world.rest('DELETE', `/api/auth/sessions/${id}`, { token })
      assert.equal(outcome(await end(newer.id, gus.token)), '404 not_found')
      assert.equal(outcome(await end('nothing', ann.token)), '404 not_found')
      assert.deepEqual((await end(newer.id, ann.token)).body, { ok: true })
      assert.equal(outcome(await end(newer.id, ann.token)), '404 not_found')
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: other.token })), '401 token_invalid')
      await login(world, 'Ann')
      await login(world, 'Ann')
      const rest = await world.rest('DELETE', '/api/auth/sessions', { token: ann.token })
      assert.deepEqual(rest.body, { ok: true, revoked: 2 })
      assert.deepEqual((await list(ann.token)).items.length, 1)
    })

    test('[A10] the last use of a session is stored every five minutes', async () => {
      await using world = await createWorld(await backend.open())
      const { token } = await register(world, 'Ann')
      const seen = async () => {
        const { body } = await world.rest('GET', '/api/auth/sessions', { token })
        return new Date(body.items[0].last_seen_at).getTime() - Date.UTC(2026, 0, 1)
      }
      assert.equal(await seen(), 0)
      world.advance(299_999)
      assert.equal(await seen(), 0)
      world.advance(1)
      await until(async () => (await seen()) === 300_000)
    })

    test('[T6] other nodes apply a change within a second', async () => {
      const db = await backend.open()
      await using one = await createWorld(db)
      await using two = await createWorld({ ...db, close: async () => undefined })
      const ann = await register(one, 'Ann')
      const other = tokensOf((await login(one, 'Ann')).body)
      const room = await createRoom(one, { ...ann, name: 'Ann' })
      const [socket, mine] = [await two.connect(other.token), await two.connect(ann.token)]
      await mine.ask('join_room', { room_id: room.id })
      const within = async (isSo: () => boolean | Promise<boolean>) => {
        two.advance(1000)
        await until(isSo)
      }
      await one.rest('POST', '/api/update-username', { token: ann.token, body: { username: 'Anna' } })
      await within(() => two.live.owner(mine.id)?.profile?.name === 'Anna')
      assert.equal((await mine.heardOf('user_updated')).user.name, 'Anna')
      assert.equal((await mine.ask('send_message', { room_id: room.id, content: 'x' })).sender.name, 'Anna')
      assert.equal(outcome(await two.rest('GET', '/api/me', { token: other.token })), 200)
      const fields = { old_password: password, new_password: 'another password' }
      await one.rest('POST', '/api/change-password', { token: ann.token, body: fields })
      await within(() => two.live.owner(socket.id) === undefined)
      assert.equal((await socket.heardOf('error')).code, 'session_ended')
      assert.equal(outcome(await two.rest('GET', '/api/me', { token: other.token })), '401 token_invalid')
      assert.equal(outcome(await two.rest('GET', '/api/me', { token: ann.token })), 200)
    })

    test('ended sessions are deleted after a day, live ones are kept', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await register(world, 'Ann')
      await world.rest('POST', '/api/logout', { token: ann.token })
      world.advance(30 * day + 1)
      const other = tokensOf((await login(world, 'Ann')).body)
      const counted = async () => {
        const sql =
          'SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM identity_changes) AS changes'
        const [row] = await world.db.all<{ sessions: number; changes: number }>({ sql, parameters: [] })
        return [Number(row?.sessions), Number(row?.changes)]
      }
      await world.identity.prune()
      assert.deepEqual(await counted(), [2, 0])
      world.advance(day)
      await world.identity.prune()
      assert.deepEqual(await counted(), [1, 0])
      assert.equal(outcome(await refreshed(world, other.refresh)), 200)
    })

    test('[T6] a change that commits after a higher number is applied too', async () => {
      const db = await backend.open()
      await using world = await createWorld(db)
      const ann = await register(world, 'Ann')
      const socket = await world.connect(ann.token)
      const { body } = await world.rest('GET', '/api/auth/sessions', { token: ann.token })
      const over = db.dialect === 'postgres' ? 'OVERRIDING SYSTEM VALUE ' : ''
      const insert = (num: number, ref: string) =>
        db.write([
          {
            sql: `INSERT INTO identity_changes (num, kind, ref, at) ${over}VALUES (${num}, 'session', '${ref}', 0)`,
            parameters: [],
          },
        ])
      await insert(1000, 'another')
      world.advance(500)
      await until(async () => !(await isBehind(1000)))
      await insert(999, body.items[0].id)
      world.advance(500)
      await until(() => world.live.owner(socket.id) === undefined)

      /** A change by this node makes it poll after the polls under way. */
      async function isBehind(num: number) {
        await world.rest('POST', '/api/update-username', { token: ann.token, body: { username: `Ann${num}` } })
        return world.live.owner(socket.id)?.profile?.name !== `Ann${num}`
      }
    })
  })
}
