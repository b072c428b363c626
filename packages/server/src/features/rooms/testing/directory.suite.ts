import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, type World } from '../../testing/world.ts'
import { account, enter, people, person } from './rooms.ts'

const ids = (items: readonly Answer[]): string[] => items.map(({ id }) => id)
const listed = async (world: World, query = ''): Promise<Answer> => (await world.rest('GET', `/api/rooms${query}`)).body

/** Advances time, and waits until the writes that it triggers are done. */
async function pass(world: World, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 30_000) {
    world.advance(Math.min(30_000, ms - passed))
    // Committed after the writes that the previous step triggered.
    for (let turn = 0; turn < 3; turn += 1) await listed(world)
  }
  world.advance(6_000)
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  await listed(world)
}

/** The first rooms of the list, once they are as expected: ranks are written in the background. */
async function firstOnce(world: World, limit: number, isReady: (shown: readonly string[]) => boolean) {
  for (let tries = 0; tries < 500; tries += 1) {
    const shown = ids((await listed(world, `?limit=${limit}`)).items)
    if (isReady(shown)) return shown
  }
  return ids((await listed(world, `?limit=${limit}`)).items)
}

const hour = 3_600_000

/** The order of public rooms, and the limits on rooms of guests and new accounts. */
export function directorySuite(name: string, backend: Backend): void {
  describe(`the list of public rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[DR1] [DR2] many new empty rooms push down neither rooms with users nor old active ones', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const old = await createRoom(world, ann, { name: 'old' })
      const [visitor] = await enter(world, old.id, ann)
      await pass(world, 30_000)
      visitor?.close()
      // Nobody was present for five hours, and the room is two days old by then.
      world.advance(43 * hour)
      const { id: again } = await createRoom(world, await person(world, 'later'))
      const [one] = await enter(world, old.id, await person(world, 'visitor'))
      await pass(world, 30_000)
      one?.close()
      await pass(world, 5 * hour)
      const met = await createRoom(world, await person(world, 'host'), { name: 'met' })
      await enter(world, met.id, await person(world, 'x'), await person(world, 'y'))
      await pass(world, 0)
      const thrown: string[] = []
      const stranger = await person(world, 'stranger')
      for (let each = 0; each < 20; each += 1) thrown.push((await createRoom(world, stranger)).id)
      for (const id of thrown.slice(0, 10)) await enter(world, id, stranger)
      await pass(world, 0)
      const first = await firstOnce(world, 12, (shown) => thrown.slice(0, 10).every((id) => shown.includes(id)))
      assert.deepEqual(new Set(first.slice(0, 2)), new Set([old.id, met.id]))
      assert.deepEqual(new Set(first.slice(2)), new Set(thrown.slice(0, 10)))
      assert.ok(!first.includes(again))
    })

    test('[DR3] pages list no room twice while rooms become active', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const made: string[] = []
      for (let each = 0; each < 9; each += 1) made.push((await createRoom(world, ann)).id)
      const all: string[] = []
      let cursor: string | null = ''
      for (let page = 0; cursor !== null; page += 1) {
        const { items, next_cursor }: Answer = await listed(world, `?limit=3${cursor && `&cursor=${cursor}`}`)
        all.push(...ids(items))
        cursor = next_cursor
        // A room after the cursor becomes active, and so does one that was listed.
        for (const id of [made[0], made[8]]) if (page === 0 && id) await enter(world, id, bob)
        const alive = [made[0], made[8]]
        if (page === 0) {
          await pass(world, 0)
          await firstOnce(world, 2, (shown) => alive.every((id) => id !== undefined && shown.includes(id)))
        }
      }
      assert.equal(new Set(all).size, all.length)
      assert.deepEqual(new Set([...all, made[0]]), new Set([...made, 'lobby']))
      const { items } = await listed(world, '?limit=2')
      assert.deepEqual(new Set(ids(items)), new Set([made[0], made[8]]))
    })

    test('[DR4] a search lists the rooms whose names hold it, in the same order, in pages that go on', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const of: string[] = []
      for (const name of ['Tea house', 'Books', 'Thé & more', 'Green TEA', 'Steady hands'])
        of.push((await createRoom(world, ann, { name })).id)
      const { id: hidden } = await createRoom(world, ann, { name: 'Tea in private', is_private: true })
      const found = await listed(world, '?q=tea')
      const all = ids((await listed(world)).items)
      const named = [of[0], of[3], of[4]]
      assert.deepEqual([ids(found.items), found.next_cursor], [all.filter((id) => named.includes(id)), null])
      assert.deepEqual([ids((await listed(world, '?q=THE')).items), all.includes(hidden)], [[of[2]], false])
      const first = await listed(world, '?q=tea&limit=2')
      const rest = await listed(world, `?q=tea&limit=2&cursor=${first.next_cursor}`)
      assert.deepEqual([...ids(first.items), ...ids(rest.items)], ids(found.items))
      assert.equal(rest.next_cursor, null)
      assert.deepEqual(ids((await listed(world, '?q=%20')).items), all)
      assert.equal((await world.rest('GET', `/api/rooms?q=${'x'.repeat(101)}`)).body.code, 'validation_error')
    })

    test('[DR4] a page of a search looks at 1,000 rooms, and the next one goes on behind them', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { id } = await createRoom(world, ann, { name: 'A needle' })
      const [row] = await world.db.all({
        sql: 'SELECT * FROM room_profiles ORDER BY room DESC LIMIT 1',
        parameters: [],
      })
      const columns = Object.keys(row ?? {})
        .filter((column) => column !== 'room' && column !== 'name')
        .join(', ')
      const last = Number(row?.['room'])
      const others = Array.from({ length: 1_050 }, (_, n) => [
        `INSERT INTO room_profiles (room, name, ${columns}) SELECT ${last + n + 1}, 'Hay', ${columns} FROM room_profiles WHERE room = ${last}`,
        `INSERT INTO room_directory (room, rank, created_at) VALUES (${last + n + 1}, ${1e13 + n}, 0)`,
      ])
      await world.db.write(others.flat().map((sql) => ({ sql, parameters: [] })))
      const first = await listed(world, '?q=needle')
      assert.deepEqual([first.items, typeof first.next_cursor], [[], 'string'])
      assert.deepEqual(ids((await listed(world, `?q=needle&cursor=${first.next_cursor}`)).items), [id])
    })

    test('[DR5] [RM8] items say how many users are present, unless only members may read the room', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await createRoom(world, ann)
      const { id: waited } = await createRoom(world, ann, { settings: { waiting: true } })
      await enter(world, id, ann, bob)
      await enter(world, waited, ann)
      const { items } = await listed(world)
      const onlineIn = (room: string) => items.find((each: Answer) => each.id === room).online
      assert.deepEqual([onlineIn(id), onlineIn(waited), onlineIn('lobby')], [2, undefined, 0])
    })

    test('[DR1] [RM8] the list holds only rooms that are public and open', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { id } = await createRoom(world, ann, { is_private: true })
      const isListed = async () => ids((await listed(world)).items).includes(id)
      assert.equal(await isListed(), false)
      await ann.does('PATCH', `/api/rooms/${id}`, { is_private: false })
      assert.equal(await isListed(), true)
      await ann.does('PATCH', `/api/rooms/${id}`, { settings: { waiting: true } })
      const { items } = await listed(world)
      assert.deepEqual(
        items.find((item: Answer) => item.id === id),
        { id, name: 'A room', kind: 'chat', is_private: false, has_password: false, member_count: 1 },
      )
      await ann.does('PATCH', `/api/rooms/${id}`, { password: 'x' })
      assert.equal(await isListed(), false)
      await ann.does('PATCH', `/api/rooms/${id}`, { is_private: false })
      await ann.does('DELETE', `/api/rooms/${id}`)
      assert.equal(await isListed(), false)
    })

    test('[RM12] the rooms a guest owns at a time are limited; closed and long empty ones do not count', async () => {
      await using world = await createWorld(await backend.open())
      // A guest of a socket, whose token lasts.
      const { access_token: token } = (await world.connect()).connected
      const call = (method: string, path: string) => world.rest(method, path, { token, body: { name: 'x' } })
      const make = () => call('POST', '/api/rooms')
      const made = await Promise.all(Array.from({ length: 30 }, make))
      // A room being made may count twice for a moment, never less than once.
      assert.ok(made.filter(({ status }) => status === 201).length <= 20)
      do made.push(await make())
      while (made.at(-1)?.status === 201)
      const rooms = made.filter(({ status }) => status === 201)
      assert.equal(rooms.length, 20)
      const refused = made.at(-1)?.body
      assert.deepEqual([refused.code, refused.retry, refused.limit], ['too_many_rooms', 'never', 20])
      const [closed, left] = rooms.map(({ body }) => body.id)
      await call('DELETE', `/api/rooms/${closed}`)
      assert.equal((await make()).status, 201)
      await call('POST', `/api/rooms/${left}/leave`)
      assert.equal((await make()).body.code, 'too_many_rooms')
      world.advance(25 * hour)
      assert.equal((await make()).status, 201)
      assert.equal((await make()).body.code, 'too_many_rooms')
      const bob = await account(world, 'bob')
      for (let each = 0; each < 25; each += 1) await bob.does('POST', '/api/rooms', { name: 'x' })
    })

    test('[RM12] guests and new accounts of one address share a limit on new rooms', async () => {
      await using world = await createWorld(await backend.open())
      const make = async (token: string, address: string) =>
        (await world.rest('POST', '/api/rooms', { token, address, body: { name: 'x' } })).body.code ?? 'ok'
      const codes: string[] = []
      for (let each = 0; each < 6; each += 1) {
        const { token } = await person(world, `g${each}`)
        for (let times = 0; times < 18; times += 1) codes.push(await make(token, `2001:db8:1:2::${each}`))
      }
      assert.equal(codes.filter((code) => code === 'ok').length, 100)
      assert.deepEqual(new Set(codes.slice(100)), new Set(['rate_limited']))
      const { token } = await account(world, 'ann')
      assert.equal(await make(token, '2001:db8:1:2::9'), 'rate_limited')
      assert.equal(await make(token, '2001:db8:1:3::9'), 'ok')
    })
  })
}
