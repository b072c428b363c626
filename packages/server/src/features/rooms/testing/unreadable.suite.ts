import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld, type World } from '../../testing/world.ts'
import { account, people, person, roomOf } from './rooms.ts'

/** Rows damaged by a broken disk or by manual edits, read by a server that has not cached them. */
async function spoiled(backend: Backend) {
  const db = await backend.open()
  const before = await createWorld(db)
  return {
    before,
    restart: () => createWorld({ ...db, close: async () => {} }),
    run: (sql: string) => db.write([{ sql, parameters: [] }]),
    numOf: async (room_id: string) => (await before.engine.find(room_id))?.num ?? assert.fail(),
    [Symbol.asyncDispose]: () => before[Symbol.asyncDispose](),
  }
}

const texts = (messages: readonly Answer[]) => messages.map(({ content }) => content)
const join = async (world: World, token: string, room_id: string, more = {}) =>
  (await world.connect(token)).ask('join_room', { room_id, ...more })

export function unreadableSuite(name: string, backend: Backend): void {
  describe(`rows that cannot be read on ${name}`, () => {
    after(() => backend.stop())

    test('[UN1] [SD4] an unreadable event is delivered as unreadable, and the rest of the room works', async () => {
      for (const broken of [
        `body = '{"id":'`,
        `body = '{oops}'`,
        `body = 'x'`,
        `v = 9, body = '{}'`,
        `type = 'games.moved'`,
      ]) {
        await using given = await spoiled(backend)
        const { ann, bob } = await people(given.before, 'ann', 'bob')
        const { id, path } = await roomOf(given.before, ann, { guest: [bob] })
        const sent: Answer[] = []
        for (const content of ['one', 'two', 'three'])
          sent.push(await bob.does('POST', `${path}/messages`, { content, client_id: content }))
        const [, two] = sent
        await given.run(`UPDATE events SET ${broken} WHERE room = ${await given.numOf(id)} AND seq = ${two.seq}`)
        await using now = await given.restart()
        const history = await now.rest('GET', `${path}/messages`, { token: ann.token })
        assert.deepEqual([history.status, texts(history.body.messages)], [200, ['one', 'three']], broken)
        for (const more of [{}, { after_seq: 0 }]) {
          const joined = await join(now, ann.token, id, more)
          const found = joined.events.find(({ seq }: Answer) => seq === two.seq)
          assert.deepEqual(found, { seq: two.seq, event: 'unreadable', data: { room_id: id, seq: two.seq } }, broken)
        }
        const again = { content: 'two', client_id: 'two' }
        const repeated = await now.rest('POST', `${path}/messages`, { token: bob.token, body: again })
        assert.equal(repeated.body.code, 'not_found')
        assert.equal(
          (await now.rest('POST', `${path}/messages`, { token: bob.token, body: { content: 'x' } })).status,
          201,
        )
        assert.equal((await now.rest('GET', '/api/rooms')).status, 200)
        assert.ok(now.unreadable.some(({ kind }) => kind === 'event'))
      }
    })

    test('[RM14] [UN2] of unreadable records a ban stands and can be lifted, a waiting user joins as a guest, an invitation is invalid', async () => {
      await using given = await spoiled(backend)
      const { ann, cy, dee, eve } = await people(given.before, 'ann', 'cy', 'dee', 'eve')
      const { id, path } = await roomOf(given.before, ann, {})
      await cy.does('POST', `${path}/join`)
      await ann.does('DELETE', `${path}/members/${cy.id}`, { ban: true })
      const invite = await ann.does('POST', `${path}/invites`)
      await ann.does('PATCH', path, { settings: { waiting: true } })
      await dee.does('POST', `${path}/join`)
      const num = await given.numOf(id)
      await given.run(`UPDATE records SET value = '{"user":' WHERE room = ${num}`)
      await using now = await given.restart()
      const ask = (method: string, address: string, token: string, body = {}) =>
        now.rest(method, address, { token, body })
      assert.equal((await ask('POST', `${path}/join`, cy.token)).body.code, 'banned')
      const joined = await join(now, ann.token, id)
      assert.deepEqual(joined.records, [])
      const bans = await ask('GET', `${path}/bans`, ann.token)
      assert.deepEqual([bans.status, bans.body.items.map(({ user }: Answer) => user.id)], [200, [cy.id]])
      const waiting = await ask('GET', `${path}/waiting`, ann.token)
      assert.deepEqual([waiting.status, waiting.body.items.map(({ user }: Answer) => user.id)], [200, [dee.id]])
      assert.deepEqual((await ask('GET', `${path}/invites`, ann.token)).body.items, [])
      assert.deepEqual((await ask('POST', `${path}/join`, eve.token, { invite: invite.code })).body.waiting, true)
      assert.equal((await ask('DELETE', `${path}/bans/${cy.id}`, ann.token)).status, 200)
      assert.equal((await ask('POST', `${path}/waiting/${dee.id}/admit`, ann.token)).status, 200)
      assert.equal((await ask('GET', `${path}/members/${dee.id}`, ann.token)).body.role, 'guest')
      assert.equal((await ask('POST', `${path}/join`, cy.token)).body.waiting, true)
      assert.ok(now.unreadable.some(({ kind, row }) => kind === 'record' && row.includes(' ban ')))
    })

    test('[P4] [SD4] an unreadable user is shown as unknown, has at most the rights of a guest, and every list and room works', async () => {
      for (const [broken, name, guest] of [
        [`username = ' '`, 'Unknown', false],
        [`username = '${'x'.repeat(2_000)}'`, 'Unknown', false],
        [`guest = 7`, 'bob', true],
      ] as const) {
        await using given = await spoiled(backend)
        const ann = await person(given.before, 'ann')
        const bob = await account(given.before, 'bob')
        const { id, path } = await roomOf(given.before, ann, { guest: [bob] })
        await bob.does('POST', `${path}/messages`, { content: 'from bob' })
        const { id: own } = await bob.does('POST', '/api/rooms', { name: 'of bob' })
        await bob.does('POST', '/api/message', { content: 'in the lobby' })
        await given.run(`UPDATE users SET ${broken} WHERE id = '${bob.id}'`)
        await using now = await given.restart()
        const ask = async (address: string, token: string) => {
          const { status, body } = await now.rest('GET', address, { token })
          assert.equal(status, 200, address)
          return body
        }
        const shown = { id: bob.id, name, avatar_url: null, guest }
        const { messages } = await ask(`${path}/messages`, ann.token)
        assert.deepEqual(
          messages.map(({ sender }: Answer) => sender),
          [shown],
        )
        const { items } = await ask(`${path}/members`, ann.token)
        assert.deepEqual(items.find(({ user }: Answer) => user.id === bob.id).user, shown)
        assert.deepEqual((await ask(`/api/rooms/${own}`, ann.token)).host, shown)
        const listed = await ask('/api/rooms', ann.token)
        assert.deepEqual(listed.items.find((each: Answer) => each.id === own).host, shown)
        assert.equal((await ask('/api/rooms/lobby/messages', ann.token)).messages.at(-1).content, 'in the lobby')
        const joined = await join(now, ann.token, id)
        assert.deepEqual(joined.events.at(-1).data.sender, shown)
        const me = await ask('/api/auth/me', bob.token)
        assert.deepEqual([me.username, me.guest], [name, guest])
        const login = await now.rest('POST', '/api/auth/login', {
          body: { email: 'bob@example.org', password: 'an unusual password' },
        })
        assert.equal(login.status, guest ? 401 : 200)
        assert.ok(now.unreadable.every(({ kind }) => kind === 'profile') && now.unreadable.length > 0)
        if (guest) continue
        const renamed = await now.rest('PATCH', '/api/auth/me', { token: bob.token, body: { username: 'bobby' } })
        assert.deepEqual([renamed.status, renamed.body.username], [200, 'bobby'])
      }
    })

    test('[RM15] [SD4] a member with an unknown role has the rights of a guest, and still reads the room', async () => {
      await using given = await spoiled(backend)
      const { ann, bob } = await people(given.before, 'ann', 'bob')
      const { id, path } = await roomOf(given.before, ann, { cohost: [bob] })
      await given.run(`UPDATE members SET role = 'emperor' WHERE room = ${await given.numOf(id)} AND role = 'cohost'`)
      await using now = await given.restart()
      const ask = (method: string, address: string, body = {}) => now.rest(method, address, { token: bob.token, body })
      assert.equal((await ask('PATCH', path, { name: 'Mine' })).body.code, 'forbidden')
      assert.equal((await ask('GET', `${path}/members`)).status, 200)
      assert.equal((await ask('POST', `${path}/messages`, { content: 'x' })).status, 201)
      assert.equal((await join(now, bob.token, id)).me.role, 'emperor')
      assert.deepEqual([...new Set(now.unreadable.map(({ kind }) => kind))], ['member'])
    })
  })
}
