import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { type Answer, ok, readHistory, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { password, type Person, Stage } from '../harness/trials/stage.ts'
import type { Failure, JsonObject, Message, Room, Session } from '../harness/wire.ts'

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

/** How many answers there were of each kind. */
function tally(answers: readonly Answer<Failure>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const kind = status < 300 ? String(status) : body.code
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Concurrent requests for something that only one of them may get, sent to every server. */
export function races({ name, missing, open }: DatabaseKind, { servers }: { servers: number }): void {
  suite(`on ${name} with ${servers} server(s), concurrent requests`, { skip: missing, timeout: 120_000 }, () => {
    let database: Database
    let nodes: Server[] = []
    let stage: Stage
    before(async () => {
      database = await open()
      const env = { ...database.env, SECRET_KEY: 'a key of these tests alone, long enough' }
      nodes = await Promise.all(Array.from({ length: servers }, () => startServer({ env })))
      stage = new Stage(nodeOf(0))
    })
    after(async () => {
      await stage?.[Symbol.asyncDispose]()
      for (const node of nodes) await node[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    })
    /** Spreads the calls over the servers. */
    const nodeOf = (index: number) => nodes[index % nodes.length]?.url ?? ''
    const post = <T = Failure>(index: number, path: string, body: JsonObject, token?: string) =>
      rest<T & Failure>(nodeOf(index), 'POST', path, { token, body })
    const as = <T = JsonObject>({ token }: Person, method: string, path: string, body?: JsonObject) =>
      ok<T>(nodeOf(0), method, path, { token, ...(body ? { body } : {}) })
    const inRoom = async (...people: Person[]) => {
      const host = await stage.account('host')
      const { id: room_id } = await stage.room(host)
      for (const person of people) await stage.join(person, room_id)
      return { host, room_id, path: `/api/rooms/${room_id}` }
    }

    test('of concurrent registrations with one address, or with one name, exactly one succeeds', async () => {
      const username = stage.unique('Zoe')
      const email = `${username}@example.org`
      const sameAddress = await times(6, (n) =>
        post(n, '/api/register', {
          email: n % 2 ? email.toUpperCase() : email,
          username: `${username} ${n}`,
          password,
        }),
      )
      assert.deepEqual(tally(sameAddress), { 201: 1, account_exists: 5 })
      const sameName = await times(6, (n) => {
        const wanted = n % 2 ? `${username} the second`.toUpperCase() : `${username} the second`
        return post(n, '/api/register', { email: `${n}.${email}`, username: wanted, password })
      })
      assert.deepEqual(tally(sameName), { 201: 1, account_exists: 5 })
    })

    test('concurrent refreshes with one token all get the same successor', async () => {
      const { refresh_token } = await stage.guest('ann')
      const answers = await times(10, (n) => post<Session>(n, '/api/auth/refresh', { refresh_token }))
      assert.deepEqual(tally(answers), { 200: 10 })
      const successors = new Set(answers.map(({ body }) => body.refresh_token))
      assert.equal(successors.size, 1)
      const [next] = successors
      assert.equal((await post(0, '/api/auth/refresh', { refresh_token: next })).status, 200, 'the session goes on')
    })

    test('a room never has more members than its capacity', async () => {
      const { host, path } = await inRoom()
      await as(host, 'PATCH', path, { settings: { capacity: 3 } })
      const people = await times(50, () => stage.guest('ann'))
      const answers = await Promise.all(people.map(({ token }, n) => post(n, `${path}/join`, {}, token)))
      assert.deepEqual(tally(answers), { 200: 2, room_full: 48 })
      const { items } = await as<{ items: object[] }>(host, 'GET', `${path}/members`)
      assert.equal(items.length, 3)
      assert.equal((await as<Room>(host, 'GET', path)).member_count, 3)
    })

    test('an invitation for a single use admits one of many users', async () => {
      const { host, path } = await inRoom()
      await as(host, 'PATCH', path, { is_private: true })
      const { code: invite } = await as<{ code: string }>(host, 'POST', `${path}/invites`, { max_uses: 1 })
      const people = await times(20, () => stage.guest('ann'))
      const answers = await Promise.all(people.map(({ token }, n) => post(n, `${path}/join`, { invite }, token)))
      assert.deepEqual(tally(answers), { 200: 1, invite_invalid: 19 })
      const { items } = await as<{ items: { uses: number }[] }>(host, 'GET', `${path}/invites`)
      assert.deepEqual(
        items.map(({ uses }) => uses),
        [1],
      )
    })

    test('one user who joins several times with an invitation uses it once', async () => {
      const { host, path } = await inRoom()
      const { code: invite } = await as<{ code: string }>(host, 'POST', `${path}/invites`, { max_uses: 2 })
      const { token } = await stage.guest('ann')
      await times(10, (n) => post(n, `${path}/join`, { invite }, token))
      const { items } = await as<{ items: { uses: number }[] }>(host, 'GET', `${path}/invites`)
      assert.deepEqual(
        items.map(({ uses }) => uses),
        [1],
      )
      assert.equal((await as<Room>(host, 'GET', path)).member_count, 2)
    })

    test('a user who is banned while joining is not a member afterwards', async () => {
      const bob = await stage.guest('bob')
      const { host, path } = await inRoom()
      const joining = times(20, (n) => post(n, `${path}/join`, {}, bob.token))
      await as(host, 'DELETE', `${path}/members/${bob.id}`, { ban: true })
      for (const kind of Object.keys(tally(await joining))) assert.match(kind, /^(200|banned)$/)
      const { items } = await as<{ items: { user: { id: string } }[] }>(host, 'GET', `${path}/members`)
      assert.ok(!items.some(({ user }) => user.id === bob.id))
      assert.deepEqual(tally([await post(1, `${path}/join`, {}, bob.token)]), { banned: 1 })
    })

    test('a former co-host cannot send where only hosts may: no message is stored after the change of role', async () => {
      const ann = await stage.guest('ann')
      const { host, room_id, path } = await inRoom(ann)
      await as(host, 'PATCH', path, { settings: { chat: 'host' } })
      await as(host, 'PATCH', `${path}/members/${ann.id}`, { role: 'cohost' })
      const listener = await host.socket()
      await listener.ask('join_room', { room_id })
      const sending = times(30, (n) => post<Message>(n, `${path}/messages`, { content: `${n}` }, ann.token))
      await as(host, 'PATCH', `${path}/members/${ann.id}`, { role: 'member' })
      const answers = await sending
      for (const kind of Object.keys(tally(answers))) assert.match(kind, /^(201|chat_disabled)$/)
      const changed = await listener.hear('member_changed', (data) => data['role'] !== 'cohost')
      const history = await readHistory<Message>(nodeOf(0), room_id)
      for (const { seq } of history) assert.ok(seq < Number(changed['seq']), `${seq} after ${String(changed['seq'])}`)
      assert.equal(history.length, answers.filter(({ status }) => status === 201).length)
      assert.deepEqual(tally([await post(1, `${path}/messages`, { content: 'x' }, ann.token)]), { chat_disabled: 1 })
    })

    test('no message is stored after a room was closed', async () => {
      const ann = await stage.guest('ann')
      const { host, room_id, path } = await inRoom(ann)
      const sending = times(30, (n) => post<Message>(n, `${path}/messages`, { content: `${n}` }, ann.token))
      await as(host, 'DELETE', path)
      const answers = await sending
      for (const kind of Object.keys(tally(answers))) assert.match(kind, /^(201|room_closed)$/)
      const { last_seq, is_active } = await as<Room>(host, 'GET', path)
      assert.equal(is_active, false)
      const history = await readHistory<Message>(nodeOf(0), room_id, host.token)
      const acknowledged = answers.filter(({ status }) => status === 201).map(({ body }) => body.id)
      assert.deepEqual(new Set(history.map(({ id }) => id)), new Set(acknowledged))
      for (const { seq } of history) assert.ok(seq < last_seq)
    })

    test('changing the password also ends sessions that start with the old one meanwhile', async () => {
      const { token, email } = await stage.account('ann')
      const coming = times(6, (n) => post<Session>(n, '/api/login', { email, password }))
      const change = { old_password: password, new_password: 'a long walk in the sun' }
      await ok(nodeOf(0), 'POST', '/api/change-password', { token, body: change })
      for (const { status, body } of await coming) {
        if (status === 401) continue
        const { status: now } = await rest(nodeOf(0), 'GET', '/api/me', { token: body.access_token })
        assert.equal(now, 401, 'a session that began with the old password')
      }
      assert.equal((await rest(nodeOf(0), 'GET', '/api/me', { token })).status, 200)
    })

    test('of concurrent registrations of one guest exactly one succeeds, and other sends go on', async () => {
      const guest = await stage.guest('guest')
      const { id: room_id } = await stage.room(guest)
      const register = (n: number) => {
        const username = stage.unique('account')
        return post<Session>(n, '/api/register', { username, email: `${username}@example.org`, password }, guest.token)
      }
      const [answers, sent] = await Promise.all([
        times(4, register),
        times(10, (n) => post(n, `/api/rooms/${room_id}/messages`, { content: `${n}` }, guest.token)),
      ])
      // The guest's token works until the registration, which ends its session.
      assert.deepEqual(
        Object.keys(tally(sent)).filter((one) => !['201', 'token_invalid'].includes(one)),
        [],
      )
      const became = answers.filter(({ status, body }) => status === 201 && body.user.id === guest.id)
      assert.equal(became.length, 1, JSON.stringify(tally(answers)))
      const { user, access_token: token } = became[0]?.body ?? assert.fail()
      const me = await rest<{ email: string; guest: boolean }>(nodeOf(0), 'GET', '/api/me', { token })
      assert.deepEqual([me.body.email, me.body.guest], [user.email, false])
      // The other node hears within a second that the guest's session ended.
      const until = performance.now() + 1500
      const old = () => rest(nodeOf(0), 'GET', '/api/me', { token: guest.token })
      while ((await old()).status !== 401) assert.ok(performance.now() < until, 'the old token is still accepted')
    })

    test('an account that is deleted while joining a room is not a member afterwards', async () => {
      const bob = await stage.account('bob')
      const { host, path } = await inRoom()
      // Joins go on until one is refused, so some fall between the steps of the deletion.
      const joining = times(6, async (n) => {
        for (let status = 200; status === 200; ) status = (await post(n, `${path}/join`, {}, bob.token)).status
      })
      await as(bob, 'POST', '/api/delete-account', { password })
      await joining
      const members = async () => {
        const { items } = await as<{ items: { user: { id: string } }[] }>(host, 'GET', `${path}/members`)
        return items.map(({ user }) => user.id)
      }
      const late = performance.now() + 5000
      while ((await members()).length > 1 && performance.now() < late) await wait(50)
      assert.deepEqual(await members(), [host.id])
    })

    test('concurrent handovers of a room leave exactly one host', async () => {
      const people = await times(4, () => stage.guest('ann'))
      const { host, path } = await inRoom(...people)
      const answers = await Promise.all(
        people.map(({ id }, n) =>
          rest<Failure>(nodeOf(n), 'PATCH', `${path}/members/${id}`, { token: host.token, body: { role: 'host' } }),
        ),
      )
      assert.deepEqual(tally(answers), { 200: 1, forbidden: 3 })
      const { items } = await as<{ items: { role: string; user: { id: string } }[] }>(host, 'GET', `${path}/members`)
      const hosts = items.filter(({ role }) => role === 'host').map(({ user }) => user.id)
      assert.deepEqual([(await as<Room>(host, 'GET', path)).host_id], hosts)
    })
  })
}
