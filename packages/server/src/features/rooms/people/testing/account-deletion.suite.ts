import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Op } from '../../../../room/types.ts'
import { partSize } from '../../../identity/accounts/deletion.ts'
import { deletionJob } from '../../../identity/jobs.ts'
import { type Backend, createWorld, type World } from '../../../testing/world.ts'
import { createRoomOptions } from '../../options.ts'
import { newProfile } from '../../state.ts'
import { account, type Person, people, person, roomOf } from '../../testing/rooms.ts'

const password = 'an unusual password'
const many = partSize * 2 + 10

export function accountDeletionSuite(name: string, backend: Backend): void {
  describe(`deleting accounts on ${name}`, () => {
    after(() => backend.stop())

    test('[A14] the request deletes the account, and what features keep follows in the background, in parts', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, others } = await inManyRooms(world)
      assert.equal(await remove(ann), 'ok')
      assert.equal((await world.rest('GET', '/api/me', { token: ann.token })).status, 401)
      assert.equal((await rowsOf(world, 'members', ann)) % partSize, many % partSize)
      assert.deepEqual(await lasts(world, ann), true)
      await untilForgotten(world, ann)
      assert.equal(await rowsOf(world, 'members', ann), 0)
      assert.equal((await others.does('GET', '/api/rooms/r1')).host_id, others.id)
      assert.equal(await leftEvents(world), many, 'each room was left once')
    })

    test('[A14] another node continues an unfinished deletion, and no two nodes do the same part', async () => {
      const db = await backend.open()
      const shared = { ...db, close: async () => {} }
      let ann: Person
      {
        await using crashed = await createWorld(shared)
        ;({ ann } = await inManyRooms(crashed))
        assert.equal(await remove(ann), 'ok')
      }
      await using one = await createWorld(db)
      await using two = await createWorld(shared)
      await untilForgotten([one, two], ann)
      assert.equal(await rowsOf(one, 'members', ann), 0)
      assert.equal(await leftEvents(one), many, 'each room was left once')
    })

    test('[A14] a room that fails does not keep the account from leaving the others, and is retried', async () => {
      const failures: unknown[] = []
      const db = await backend.open()
      const sick = { room: '' }
      await using world = await createWorld(
        {
          ...db,
          all: (query) =>
            query.parameters.includes(sick.room) ? Promise.reject(new Error('cannot be read')) : db.all(query),
        },
        { failures },
      )
      const ann = await account(world, 'Ann')
      const { path: other } = await roomOf(world, ann, {})
      const { id: broken } = await roomOf(world, ann, {})
      const reader = await person(world, 'reader')
      // A node that remembers nothing of the room must read it.
      await using elsewhere = await createWorld({ ...world.db, close: async () => {} }, { failures })
      sick.room = broken
      const request = { token: ann.token, body: { password } }
      assert.equal((await elsewhere.rest('POST', '/api/delete-account', request)).status, 200)
      await elsewhere.settled()
      assert.equal(await rowsOf(world, 'members', ann), 1)
      const { body } = await elsewhere.rest('GET', other, { token: reader.token })
      assert.equal(body.member_count, 0)
      assert.ok(failures.length > 0, 'it is reported')
      sick.room = ''
      await untilForgotten(elsewhere, ann)
      assert.equal(await rowsOf(world, 'members', ann), 0)
    })

    test('[A14] a user who joined a room while being deleted is removed from it', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, bob] = [await account(world, 'Ann'), await account(world, 'Bob')]
      const { id } = await roomOf(world, bob, {})
      const num = (await world.connect(ann.token)).caller.user.num
      assert.equal(await remove(ann), 'ok')
      await world.engine.commit({ ...call(id, num), ops: [{ op: 'admit', user: num, role: 'member', capacity: null }] })
      await untilForgotten(world, ann)
      assert.equal(await rowsOf(world, 'members', ann), 0)
    })

    test('[P7] a room whose members all delete their accounts at once has no owner', async () => {
      await using world = await createWorld(await backend.open())
      for (let round = 0; round < 3; round += 1) {
        const names = ['a', 'b', 'c', 'd'].map((each) => `${each}${round}`)
        const all = await Promise.all(names.map((each) => person(world, each)))
        const [first, ...rest] = all
        assert.ok(first)
        const { path } = await roomOf(world, first, { guest: rest })
        assert.deepEqual(await Promise.all(all.map(remove)), ['ok', 'ok', 'ok', 'ok'])
        for (const each of all) await untilForgotten(world, each)
        const room = await (await person(world, 'reader')).does('GET', path)
        assert.deepEqual([room.member_count, room.host_id, room.owner_id], [0, null, null])
      }
    })
  })
}

const call = (room_id: string, actor: number) => ({
  ...{ room_id, actor, action: 'test', client_id: null, members_only: false },
})

/** Ann has an account and hosts many rooms, each with one other member. */
async function inManyRooms(world: World): Promise<{ ann: Person; others: Person }> {
  const ann = await account(world, 'Ann')
  const { others } = await people(world, 'others')
  const [host, guest] = [(await world.connect(ann.token)).caller, (await world.connect(others.token)).caller]
  const { stored: profile } = newProfile(
    'chat',
    { name: 'A room' },
    host.user,
    null,
    createRoomOptions(world.roomOptions),
  )
  const ops: Op[] = [
    { op: 'create', kind: 'chat', profile },
    { op: 'admit', user: host.user.num, role: 'host', capacity: null },
    { op: 'admit', user: guest.user.num, role: 'guest', capacity: null },
  ]
  const made = Array.from({ length: many }, (_, n) => world.engine.commit({ ...call(`r${n}`, host.user.num), ops }))
  await Promise.all(made)
  return { ann, others }
}

const remove = (who: Person): Promise<string> => who.code('POST', '/api/delete-account', { password })

const count = async (world: World, sql: string): Promise<number> =>
  Number((await world.db.all<{ count: number }>({ sql, parameters: [] }))[0]?.count)

const rowsOf = (world: World, table: 'members', { id }: Person): Promise<number> =>
  count(world, `SELECT COUNT(*) AS count FROM ${table} t JOIN users u ON u.num = t."user" WHERE u.id = '${id}'`)

const leftEvents = (world: World): Promise<number> =>
  count(world, "SELECT COUNT(*) AS count FROM events WHERE type = 'room.memberLeft'")

/** Whether the deletion of the account is unfinished. */
const lasts = async (world: World, { id }: Person): Promise<boolean> =>
  (await count(
    world,
    `SELECT COUNT(*) AS count FROM jobs WHERE name = '${deletionJob.name}' AND payload LIKE '%${id}%'`,
  )) > 0

/** The progress of deletions. */
const stateOf = async (world: World): Promise<string> =>
  JSON.stringify(
    await world.db.all({ sql: `SELECT id, run FROM jobs WHERE name = '${deletionJob.name}'`, parameters: [] }),
  )

/** Advances time by a second whenever a part of the deletion was done, or none was for a while. */
async function untilForgotten(nodes: World | readonly World[], who: Person): Promise<void> {
  const all = 'db' in nodes ? [nodes] : nodes
  const [first] = all
  assert.ok(first)
  for (let second = 0; await lasts(first, who); second += 1) {
    assert.ok(second < 300, 'it is never forgotten')
    const before = await stateOf(first)
    for (const world of all) world.advance(1_000)
    for (let turn = 0; turn < 500 && (await stateOf(first)) === before; turn += 1) await nextTurn()
  }
}
