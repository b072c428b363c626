import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Answer } from '../../../testing/doors.ts'
import { type Backend, createWorld } from '../../../testing/world.ts'
import { roomRates } from '../../limits.ts'
import { account, enter, people, type Person, roomOf, secondsUntil } from '../../testing/rooms.ts'

const search = async (who: Person, query = ''): Promise<Answer[]> => (await who.does('GET', `/api/users${query}`)).items
const names = (found: readonly Answer[]): string[] => found.map(({ name }) => name)

/** Finding people with whom one shares rooms, on either database. */
export function searchSuite(name: string, backend: Backend): void {
  describe(`finding people on ${name}`, () => {
    after(() => backend.stop())

    test('[PS1] finds people of shared rooms and nobody else, the best matches first', async () => {
      await using world = await createWorld(await backend.open())
      const { Ann, Bob, José, Bjorn, Mary, Eve } = await people(
        world,
        ...(['Ann', 'Bob', 'José', 'Bjorn', 'Mary Bo', 'Eve'] as const),
      ).then(({ 'Mary Bo': Mary, ...rest }) => ({ ...rest, Mary }))
      const one = await roomOf(world, Ann, { guest: [Bob, José, Bjorn, Mary] })
      const two = await roomOf(world, Ann, { guest: [Bob] })
      await roomOf(world, Eve, {})
      const found = await search(Ann, '?q=B')
      assert.deepEqual(names(found), ['Bob', 'Bjorn', 'Mary Bo'])
      assert.deepEqual(found[0], {
        ...{ id: Bob.id, name: 'Bob', avatar_url: null, guest: true },
        room_ids: [two.id, one.id],
      })
      assert.deepEqual(names(await search(Ann, '?q=jose')), ['José'])
      assert.deepEqual(names(await search(Ann, '?limit=2')).length, 2)
      for (const who of [Ann, Eve]) assert.deepEqual(await search(who, `?q=${who === Ann ? 'Eve' : 'Ann'}`), [])
      assert.deepEqual((await search(Ann)).length, 4)
      assert.equal((await world.rest('GET', '/api/users')).status, 401)
      assert.equal(await Ann.code('GET', `/api/users?q=${'x'.repeat(101)}`), 'validation_error')
    })

    test('[PS1] [PS3] who has left, is sent out, or whose account or room is gone is not found, and finds nobody', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, cy, dan] = [await account(world, 'ann'), await account(world, 'cy'), await account(world, 'dan')]
      const { bob } = await people(world, 'bob')
      const { id, path } = await roomOf(world, ann, { member: [cy, dan], guest: [bob] })
      // Ann is absent, so Cy stands in for her, and only sends out whom he removes.
      await enter(world, id, cy)
      assert.notEqual(await secondsUntil(world, ann, path, cy, 32), -1)
      await cy.does('DELETE', `${path}/members/${bob.id}`)
      assert.deepEqual([names(await search(ann)).toSorted(), await search(bob)], [['cy', 'dan'], []])
      await cy.does('POST', `${path}/leave`)
      assert.deepEqual([names(await search(ann)), await search(cy)], [['dan'], []])
      await dan.does('POST', '/api/delete-account', { password: 'an unusual password' })
      assert.deepEqual(await search(ann), [])
      const other = await roomOf(world, ann, { member: [cy] })
      assert.deepEqual(names(await search(cy)), ['ann'])
      await ann.does('DELETE', other.path)
      assert.deepEqual(await search(cy), [])
    })

    test('[PS2] looks at the smallest rooms first, and stops', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cat } = await people(world, 'ann', 'bob', 'cat')
      const large = await roomOf(world, ann, { guest: [bob] })
      await world.db.write([{ sql: 'UPDATE rooms SET member_count = 5000', parameters: [] }])
      await roomOf(world, ann, { guest: [cat] })
      const count = (room: string) =>
        world.db.all<{ num: number }>({ sql: `SELECT num FROM rooms WHERE id = '${room}'`, parameters: [] })
      const [{ num } = { num: 0 }] = await count(large.id)
      const crowd = [
        `WITH RECURSIVE crowd (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM crowd WHERE n < 1200)
         INSERT INTO users (id, username, username_key, guest, created_at)
         SELECT 'crowd' || n, 'one of many', 'one of many', 1, 0 FROM crowd`,
        `INSERT INTO members (room, "user", role, joined_at)
         SELECT ${num}, num, 'member', 0 FROM users WHERE username = 'one of many'`,
      ]
      await world.db.write(crowd.map((sql) => ({ sql, parameters: [] })))
      const found = names(await search(ann, '?limit=50'))
      assert.deepEqual([found.length, found[0]], [50, 'cat'])
    })

    test('[PS4] searches have a budget of their own', async () => {
      await using world = await createWorld(await backend.open(), { limited: true })
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { burst, perSecond } = roomRates.people_search
      const searches = (count: number) =>
        Promise.all(Array.from({ length: count }, () => ann.code('GET', '/api/users?q=b')))
      assert.deepEqual(new Set(await searches(burst)), new Set(['ok']))
      assert.deepEqual(await searches(1), ['rate_limited'])
      assert.equal(await ann.code('GET', '/api/rooms/my'), 'ok')
      assert.equal(await bob.code('GET', '/api/users'), 'ok')
      world.advance(1000 / perSecond)
      assert.deepEqual(await searches(2), ['ok', 'rate_limited'])
    })
  })
}
