import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, signIn, type World } from '../../testing/world.ts'
import { login, outcome, password, register } from './register.ts'

const unseen = ['\u200b', '\u3164', '\u2800', '\u00ad', '\u200f', '\u{e0041}\u{e0042}', '\u0301', '\u202e']
const registering = (world: World, username: string, email = `x${username.length}${Math.random()}@example.org`) =>
  world.rest('POST', '/api/auth/register', { body: { username, email, password } })
const fieldsOf = ({ body }: { body: { errors?: object } }) => Object.keys(body.errors ?? {})

/** Names as readers see them: rules G1, G5, G7, A2 and A13. */
export function namesSuite(name: string, backend: Backend): void {
  describe(`names on ${name}`, () => {
    after(() => backend.stop())

    test('[G1] a name, a room name and a message have at least one visible character', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      for (const text of [...unseen, unseen.join(' ')]) {
        const guest = await world.rest('POST', '/api/auth/guest', { body: { name: text } })
        const sender = await world.rest('POST', '/api/message', { body: { content: 'x', sender: text } })
        const account = await registering(world, text)
        const room = await world.rest('POST', '/api/rooms', { body: { name: text }, token: ann.token })
        const message = await world.rest('POST', '/api/message', { body: { content: text }, token: ann.token })
        const answers = [guest, sender, account, room, message]
        for (const answer of answers) assert.equal(outcome(answer), '400 validation_error', JSON.stringify(text))
        assert.deepEqual(answers.flatMap(fieldsOf), ['name', 'sender', 'username', 'name', 'content'])
      }
    })

    test('[G1] names are stored in NFC, with single spaces, without characters that change text direction', async () => {
      await using world = await createWorld(await backend.open())
      assert.equal((await signIn(world, ' \u202eAnn \u3000 Q\u202c ')).name, ' \u202eAnn \u3000 Q\u202c ')
      const { body } = await world.rest('POST', '/api/auth/guest', { body: { name: '\u2067Zoe\u0308 \u3000 Q\u2069' } })
      assert.equal(body.user.username, 'Zoë Q')
      const room = await createRoom(world, await signIn(world, 'Ann'), { name: '\u202eTea  room' })
      assert.equal(room.name, 'Tea room')
      const { body: one } = await world.rest('POST', '/api/message', { body: { content: 'x', sender: 'Bob  Q' } })
      const { body: two } = await world.rest('POST', '/api/message', { body: { content: 'x', sender: ' Bob Q' } })
      assert.deepEqual([one.sender.id, one.sender.name], [two.sender.id, 'Bob Q'])
    })

    test('[A13] [G5] a name that looks like the name of another account is refused', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const iris = await registering(world, 'Iris Q')
      const bob = await register(world, 'Bob')
      for (const alike of ['A\u200bnn', 'Аnn', 'ＡＮＮ', '\u202eAnn', 'lris Q', 'iris  q', 'Iris\u00a0Q']) {
        const answers = [
          await registering(world, alike),
          await world.rest('PATCH', '/api/auth/me', { body: { username: alike }, token: bob.token }),
          await world.rest('POST', '/api/update-username', { body: { username: alike }, token: bob.token }),
        ]
        for (const answer of answers)
          assert.deepEqual([outcome(answer), fieldsOf(answer)], ['409 account_exists', ['username']], alike)
        const post = await world.rest('POST', '/api/message', { body: { content: 'x', sender: alike } })
        assert.equal(outcome(post), '403 sender_taken', alike)
        const socket = await world.connect()
        assert.equal(await codeOf(socket.ask('message', { content: 'x', sender: alike })), 'sender_taken')
        const call = await world.rest('POST', '/api/token', { body: { identity: alike, room: 'x' } })
        assert.equal(outcome(call), '403 sender_taken', alike)
      }
      // In each group any two names look alike: some when case is ignored, some as they are written.
      for (const alike of [
        ['Zed', 'Z\u200bed', 'ＺＥＤ', 'ZED'],
        ['Zoë', '\u0396oë', 'Z\u200boe\u0308'],
      ]) {
        const race = await Promise.all(alike.map((name) => registering(world, name)))
        assert.equal(race.filter(({ status }) => status === 201).length, 1)
        assert.equal(race.filter(({ body }) => body.code === 'account_exists').length, alike.length - 1)
      }
      // An account may take another form of its own name, and names that only share letters are free.
      const renamed = await world.rest('PATCH', '/api/auth/me', {
        body: { username: 'B0b' },
        token: bob.token,
      })
      assert.deepEqual([outcome(renamed), renamed.body.username], [200, 'B0b'])
      assert.equal(outcome(await registering(world, 'Lia')), 201)
      assert.equal(outcome(await registering(world, 'Ila')), 201)
      assert.equal(outcome(await login(world, 'IRIS  q')), 200)
      assert.equal(iris.status, 201)
    })

    test('[A2] an address with a non-ASCII host and its punycode form are the same', async () => {
      await using world = await createWorld(await backend.open())
      assert.equal(outcome(await registering(world, 'Ann', 'ann@Bücher.example')), 201)
      for (const same of ['ann@bücher.example', 'ANN@xn--bcher-kva.example', 'ann@bu\u0308cher.example']) {
        assert.deepEqual(fieldsOf(await registering(world, 'Bob', same)), ['email'], same)
        assert.equal((await login(world, same)).body.user?.username, 'Ann', same)
      }
      assert.equal(outcome(await registering(world, 'Bob', 'a\u200bnn@example.org')), '400 validation_error')
      // As an earlier release stored it.
      const old = `UPDATE users SET email_key = 'ann@bücher.example' WHERE username = 'Ann'`
      await world.db.write([{ sql: old, parameters: [] }])
      assert.deepEqual(fieldsOf(await registering(world, 'Bob', 'ann@xn--bcher-kva.example')), ['email'])
      for (const same of ['ann@bücher.example', 'ann@xn--bcher-kva.example'])
        assert.equal((await login(world, same)).body.user?.username, 'Ann', same)
    })

    test('[G7] the server’s own names are reserved, in every language of the app', async () => {
      await using world = await createWorld(await backend.open())
      const [gus, bob] = [await signIn(world, 'Gus'), await register(world, 'Bob')]
      for (const own of ['Parlor', 'PARL0R', 'Рarlor', 'Par\u00adlor', 'Deleted  user', 'Usuario eliminado']) {
        const refused = [
          await world.rest('POST', '/api/auth/guest', { body: { name: own } }),
          await registering(world, own),
          await world.rest('PATCH', '/api/auth/me', { body: { username: own }, token: gus.token }),
          await world.rest('POST', '/api/update-username', { body: { username: own }, token: bob.token }),
        ]
        for (const answer of refused) assert.equal(outcome(answer), '400 validation_error', own)
        const post = await world.rest('POST', '/api/message', { body: { content: 'x', sender: own } })
        assert.equal(outcome(post), '403 sender_taken', own)
      }
      // A room may be named Parlor, and a guest Guest: that is the name of guests who gave none.
      assert.equal((await createRoom(world, gus, { name: 'Parlor' })).name, 'Parlor')
      await signIn(world, 'Guest')
      assert.deepEqual(fieldsOf(await registering(world, 'GUEST')), ['username'])
      assert.equal(outcome(await world.rest('POST', '/api/message', { body: { content: 'x' } })), 201)
    })

    test('[A13] accounts of earlier releases keep their look-alike names; new accounts cannot take them', async () => {
      const db = await backend.open()
      {
        await using before = await createWorld({ ...db, close: async () => undefined })
        for (const username of ['Ann', 'Bob', 'Parla']) await register(before, username)
        const old = [
          `UPDATE users SET look_key = NULL, shown_key = NULL`,
          `UPDATE users SET username = 'Аnn', username_key = 'аnn' WHERE username = 'Bob'`,
          `UPDATE users SET username = 'Parlor  Q', username_key = 'parlor  q' WHERE username = 'Parla'`,
        ]
        await before.db.write(old.map((sql) => ({ sql, parameters: [] })))
      }
      await using world = await createWorld(db)
      await world.identity.prepare()
      await world.identity.prepare()
      const sql = 'SELECT username, look_shared FROM users ORDER BY num'
      assert.deepEqual(
        (await world.db.all<{ username: string; look_shared: number }>({ sql, parameters: [] })).map((row) => [
          row.username,
          row.look_shared,
        ]),
        [
          ['Ann', 0],
          ['Аnn', 1],
          ['Parlor  Q', 0],
        ],
      )
      for (const [own, email] of [
        ['Ann', 'ann'],
        ['Аnn', 'bob'],
        ['Parlor  Q', 'parla'],
      ] as const) {
        for (const by of [own, `${email}@example.org`]) {
          const { status, body } = await login(world, by)
          assert.deepEqual([status, body.user?.email], [200, `${email}@example.org`], by)
        }
      }
      for (const alike of ['ann', 'А\u200bnn', 'parlor q'])
        assert.deepEqual(fieldsOf(await registering(world, alike)), ['username'], alike)
      // Sending the same name again is no change, so it stays.
      const { body } = await login(world, 'Аnn')
      const kept = await world.rest('PATCH', '/api/auth/me', { body: { username: 'Аnn' }, token: body.access_token })
      assert.equal(outcome(kept), 200)
    })

    test('[A13] names are compared by an index', async () => {
      const db = await backend.open()
      await using world = await createWorld(db)
      if (db.dialect !== 'sqlite') return
      const asked: string[] = []
      const all = db.all.bind(db)
      const { createIdentityStore } = await import('../store.ts')
      const recording: typeof db = {
        ...db,
        all: (query) => {
          asked.push(query.sql)
          return all(query)
        },
      }
      const store = createIdentityStore(recording, ({ row }) => assert.fail(row))
      await store.accountOf('ann@example.org')
      await store.taken({ username: 'Ann', email: 'ann@example.org' }, 0)
      await store.isAccountName('Ann')
      for (const text of asked) {
        const plan = await world.db.all<{ detail: string }>({
          sql: `EXPLAIN QUERY PLAN ${text}`,
          parameters: Array.from(text.matchAll(/\?/g), () => 'x'),
        })
        assert.deepEqual(
          plan.filter(({ detail }) => detail.startsWith('SCAN')).map(({ detail }) => detail),
          [],
          text,
        )
      }
      assert.equal(asked.length, 4)
    })
  })
}
