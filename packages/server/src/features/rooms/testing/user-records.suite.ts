import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { AppError } from '../../../core/error.ts'
import type { Op } from '../../../room/types.ts'
import { type Backend, createWorld, type World } from '../../testing/world.ts'
import { password, register } from '../../identity/testing/register.ts'
import { waitingRecord } from '../contract/events.ts'
import { createUserRecordsStore } from '../waiting/user-records-store.ts'
import { account, forgetUser, people, person, type Person, roomOf, roomsStoreOf } from './rooms.ts'
import { createWaitingConnections } from '../waiting/connections.ts'

const settings = { waiting: true }

/** The ids on the waiting list. */
const waitingIn = async (host: Person, path: string): Promise<string[]> =>
  (await host.does('GET', `${path}/waiting`)).items.map((item: { user: { id: string } }) => item.user.id)

/** Advances time in steps, finishing the work due in each; ends early once `isSo`. */
async function pass(world: World, host: Person, path: string, seconds: number, isSo = async () => false) {
  for (let passed = 0; passed < seconds && !(await isSo()); passed += 5) {
    world.advance(5_000)
    // Work triggered before is stored by the time these commits are.
    for (let turn = 0; turn < 4; turn += 1) await host.does('POST', `${path}/messages`, { content: 'x' })
  }
}

/** Commits these ops for the server itself. */
const commit = (world: World, room_id: string, ops: Op[]) =>
  world.engine.commit({ room_id, actor: 0, action: 'test', client_id: null, members_only: false, ops })

const waits = (id: string, guest = true): Op => {
  const value = { user: { id, name: id, avatar_url: null, guest }, since: '2026-01-01T00:00:00.000Z' }
  return { op: 'change', type: waitingRecord, key: id, next: () => value }
}

const upTo = (many: number) => `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})`
const roomColumns = 'num, id, kind, epoch, last_seq, floor_seq, member_count, record_count, record_bytes, created_at'
/** Inserts many rows by SQL, since that many commits would take too long. */
const roomsOf = (many: number) => `INSERT INTO rooms (${roomColumns}) ${upTo(many)}`
const recordsOf = (many: number) => `INSERT INTO records (room, type, key, seq, value, unset, at) ${upTo(many)}`

/** Waiting and banned users, also in large numbers. */
export function userRecordsSuite(name: string, backend: Backend): void {
  describe(`waiting and banned users on ${name}`, () => {
    after(() => backend.stop())

    test('[W4] over REST a user keeps waiting by asking again', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, {}, { settings, password: 'x' })
      const ask = (given?: string) => bob.does('POST', `${path}/join`, { password: given })
      await ask('x')
      const { items } = await ann.does('GET', `${path}/waiting`)
      for (let times = 0; times < 12; times += 1) {
        await pass(world, ann, path, 25)
        assert.equal((await ask(times % 2 ? undefined : 'wrong')).waiting, true)
      }
      assert.deepEqual((await ann.does('GET', `${path}/waiting`)).items, items)
      await pass(world, ann, path, 25)
      assert.deepEqual(await waitingIn(ann, path), [bob.id])
      await pass(world, ann, path, 60, async () => (await waitingIn(ann, path)).length === 0)
      assert.deepEqual(await waitingIn(ann, path), [])
      assert.equal(await bob.code('POST', `${path}/join`, { password: 'wrong' }), 'invalid_password')
      await ask('x')
      await ann.does('PATCH', path, { settings: { waiting: false } })
      assert.equal(await bob.code('POST', `${path}/join`, { password: 'wrong' }), 'invalid_password')
      assert.equal(await bob.code('POST', `${path}/leave`), 'ok')
      assert.deepEqual(await waitingIn(ann, path), [])
    })

    test('[W4] a waiting connection keeps its user listed, those of a stopped node are removed', async () => {
      const db = await backend.open()
      const before = await createWorld({ ...db, close: async () => {} })
      const { ann, bob } = await people(before, 'ann', 'bob')
      const { id, path } = await roomOf(before, ann, {}, { settings })
      await (await before.connect(bob.token)).ask('join_room', { room_id: id })
      await pass(before, ann, path, 120)
      assert.deepEqual(await waitingIn(ann, path), [bob.id])
      await before[Symbol.asyncDispose]()
      await using world = await createWorld(db)
      const call: Person['call'] = (method, at, body = {}) => world.rest(method, at, { token: ann.token, body })
      const there: Person = { ...ann, call, does: async (...given) => (await call(...given)).body }
      assert.deepEqual(await waitingIn(there, path), [bob.id])
      await pass(world, there, path, 300, async () => (await waitingIn(there, path)).length === 0)
      assert.deepEqual(await waitingIn(there, path), [])
    })

    test('[W5] of many concurrent users a room lists up to the limit, and can still ban and invite', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, {}, { settings })
      await bob.does('POST', `${path}/join`)
      await commit(
        world,
        id,
        Array.from({ length: 198 }, (_, index) => waits(`w${index}`)),
      )
      const late: Person[] = []
      for (let each = 0; each < 5; each += 1) late.push(await person(world, `late${each}`))
      const codes = await Promise.all(late.map((one) => one.code('POST', `${path}/join`)))
      assert.deepEqual(codes.toSorted(), ['ok', 'room_full', 'room_full', 'room_full', 'room_full'])
      const listed = await waitingIn(ann, path)
      const lucky = late.filter((_, index) => codes[index] === 'ok').map((one) => one.id)
      assert.deepEqual([listed.length, listed[0], listed.at(-1)], [200, bob.id, lucky[0]])
      assert.equal(await bob.code('POST', `${path}/join`), 'ok')
      const socket = await world.connect(late.find((one) => one.id !== lucky[0])?.token)
      await assert.rejects(socket.ask('join_room', { room_id: id }), { code: 'room_full' })
      await ann.does('POST', `${path}/invites`)
      for (const { id: user_id } of late) {
        assert.equal(await ann.code('DELETE', `${path}/members/${user_id}`, { ban: true }), 'ok')
      }
      const { cy } = await people(world, 'cy')
      assert.equal(await cy.code('POST', `${path}/join`), 'ok')
      assert.equal((await waitingIn(ann, path)).length, 200)
    })

    test('[W5] a user waits for a limited number of rooms at once', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'ann')
      const { bob } = await people(world, 'bob')
      const paths: string[] = []
      for (let each = 0; each < 22; each += 1) paths.push((await roomOf(world, ann, {}, { settings })).path)
      const ask = (index: number) => bob.code('POST', `${paths[index]}/join`)
      const atOnce = await Promise.all(paths.map((_, index) => ask(index)))
      assert.ok(atOnce.filter((code) => code === 'ok').length <= 20)
      const codes: string[] = []
      for (const index of paths.keys()) codes.push(await ask(index))
      assert.equal(codes.filter((code) => code === 'ok').length, 20)
      assert.equal(codes.filter((code) => code === 'too_many_rooms').length, 2)
      const [inside, out] = [codes.indexOf('ok'), codes.indexOf('too_many_rooms')]
      await bob.does('POST', `${paths[inside]}/leave`)
      assert.equal(await ask(out), 'ok')
      assert.equal(await ask(inside), 'too_many_rooms')
      await ann.does('DELETE', paths[out] ?? '')
      assert.equal(await ask(inside), 'ok')
    })

    test('[W3] any number of waiting users is checked in bounded queries', async () => {
      await using world = await createWorld(await backend.open())
      const { bob } = await people(world, 'bob')
      const socket = await world.connect(bob.token)
      const many = 33_000
      const inserts = [
        `${roomsOf(many)} SELECT 1000 + i, 'r' || i, 'chat', 'x', 1, 0, 0, 1, 2, 0 FROM n`,
        `${recordsOf(many)} SELECT 1000 + i, 'waiting', '${bob.id}', 1, '{}', '', 0 FROM n WHERE i <> 7`,
      ]
      await world.db.write(inserts.map((sql) => ({ sql, parameters: [] })))
      const waitingConnections = createWaitingConnections({
        ...world,
        store: roomsStoreOf(world),
        userRecords: createUserRecordsStore(world.db),
        onFailure: (error) => assert.fail(String(error)),
      })
      const { user } = socket.caller
      for (let i = 1; i <= many; i += 1) {
        const room = { num: 1000 + i, id: `r${i}` }
        waitingConnections.add({
          room,
          user,
          connection_id: socket.id,
          enter: () => Promise.reject(new Error('not let in')),
        })
      }
      await waitingConnections.check(null)
      await waitingConnections.close()
      const denied = await socket.hears('join_denied')
      assert.deepEqual(
        denied.map(({ room_id, code }) => [room_id, code]),
        [['r7', 'denied']],
      )
    })

    test('[W3] a temporary failure refuses nobody: waiting users are let in once it is over', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await roomOf(world, ann, { guest: [bob] })
      const row = await world.engine.find(id)
      assert.ok(row)
      const socket = await world.connect(bob.token)
      const [failures, entered]: [unknown[], string[]] = [[], []]
      const waitingConnections = createWaitingConnections({
        ...world,
        store: roomsStoreOf(world),
        userRecords: createUserRecordsStore(world.db),
        onFailure: (error) => failures.push(error),
      })
      const enter = async () => {
        if (failures.length === 0) throw new AppError('storage_unavailable')
        entered.push(id)
      }
      waitingConnections.add({ room: row, user: socket.caller.user, connection_id: socket.id, enter })
      await waitingConnections.check(null)
      assert.deepEqual([failures.length, entered, await socket.hears('join_denied')], [1, [], []])
      await waitingConnections.check(null)
      assert.deepEqual([failures.length, entered], [1, [id]])
      await waitingConnections.close()
    })

    test('[W3] a decision in one room checks no users who wait for others', async () => {
      await using world = await createWorld(await backend.open())
      const { bob } = await people(world, 'bob')
      const socket = await world.connect(bob.token)
      const store = roomsStoreOf(world)
      const asked: number[] = []
      const waitingConnections = createWaitingConnections({
        ...world,
        store: {
          ...store,
          recordsOf(rooms, ...rest) {
            asked.push(...rooms)
            return store.recordsOf(rooms, ...rest)
          },
        },
        userRecords: createUserRecordsStore(world.db),
        onFailure: (error) => assert.fail(String(error)),
      })
      const enter = () => Promise.reject(new Error('not let in'))
      for (let num = 1001; num <= 1020; num += 1) {
        waitingConnections.add({
          room: { num, id: `r${num}` },
          user: socket.caller.user,
          connection_id: socket.id,
          enter,
        })
      }
      await waitingConnections.check(1007)
      assert.deepEqual(asked, [1007])
      assert.deepEqual(
        (await socket.hears('join_denied')).map(({ room_id }) => room_id),
        ['r1007'],
      )
      await waitingConnections.close()
    })

    test('[W3] a slow consumer who is let in delays neither other users nor the moderator', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cid } = await people(world, 'ann', 'bob', 'cid')
      const { id } = await roomOf(world, ann, { guest: [bob, cid] })
      const row = await world.engine.find(id)
      assert.ok(row)
      const [slow, other] = [await world.connect(bob.token), await world.connect(cid.token)]
      const waitingConnections = createWaitingConnections({
        ...world,
        store: roomsStoreOf(world),
        userRecords: createUserRecordsStore(world.db),
        onFailure: (error) => assert.fail(String(error)),
      })
      const drained = Promise.withResolvers<void>()
      const entered: string[] = []
      const waits = ({ caller, id: connection_id }: typeof slow, enter: () => Promise<void>) =>
        waitingConnections.add({ room: row, user: caller.user, connection_id, enter })
      waits(slow, () => drained.promise)
      await waitingConnections.check(null)
      waits(other, async () => void entered.push('other'))
      await waitingConnections.check(null)
      assert.deepEqual(entered, ['other'])
      drained.resolve()
      await waitingConnections.close()
    })

    test('[P7] a deleted account leaves no waiting or ban records', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const bob = await register(world, 'Bob')
      const [open, closed] = [await roomOf(world, ann, {}, { settings }), await roomOf(world, ann, {}, { settings })]
      const banning = await roomOf(world, ann, {})
      for (const { path } of [open, closed]) await world.rest('POST', `${path}/join`, { token: bob.token })
      for (const { path } of [banning, closed]) await ann.does('DELETE', `${path}/members/${bob.id}`, { ban: true })
      const host = await world.connect(ann.token)
      assert.deepEqual((await ann.does('GET', `${banning.path}/bans`)).items[0].user.name, 'Bob')
      await ann.does('DELETE', closed.path)
      await world.rest('POST', '/api/delete-account', { token: bob.token, body: { password } })
      await world.settled()
      for (const { path } of [open, banning, closed]) {
        assert.deepEqual((await ann.does('GET', `${path}/bans`)).items, [], path)
        assert.deepEqual(await waitingIn(ann, path), [], path)
      }
      for (const { id } of [open, banning]) {
        assert.deepEqual((await host.ask('join_room', { room_id: id })).records, [])
      }
      assert.equal(await ann.code('DELETE', `${open.path}/members/${bob.id}`, { ban: true }), 'not_found')
      // As if they started to wait while their account was being deleted.
      await commit(world, open.id, [waits(bob.id, false)])
      assert.deepEqual(await waitingIn(ann, open.path), [bob.id])
      assert.equal(await ann.code('POST', `${open.path}/waiting/${bob.id}/admit`), 'not_found')
      assert.deepEqual(await waitingIn(ann, open.path), [])
      assert.equal((await ann.does('GET', open.path)).member_count, 1)
    })

    test('[P7] deleting an account removes its bans in all of many rooms', async () => {
      await using world = await createWorld(await backend.open())
      const many = 250
      await world.db.write(
        [
          `${roomsOf(many)} SELECT 1000 + i, 'r' || i, 'chat', 'x', 1, 0, 0, 1, 2, 0 FROM n`,
          `${recordsOf(many)} SELECT 1000 + i, 'ban', 'x', 1, '{}', '', 0 FROM n`,
          `INSERT INTO room_outsiders (room, why, user_id) SELECT room, type, key FROM records`,
        ].map((sql) => ({ sql, parameters: [] })),
      )
      const store = createUserRecordsStore(world.db)
      assert.equal((await store.roomsOf('x', 0, 1_000)).length, many)
      await forgetUser(world, { num: 999, id: 'x' })
      assert.equal((await store.roomsOf('x', 0, 1_000)).length, 0)
      const left = 'SELECT key FROM records WHERE value IS NOT NULL'
      assert.deepEqual(await world.db.all({ sql: left, parameters: [] }), [])
    })
  })
}
