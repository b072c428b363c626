import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createWorld, signIn, type World } from '../../testing/world.ts'

const day = 86_400_000
const keysOf = (world: World) => world.db.all({ sql: 'SELECT * FROM idempotency_keys', parameters: [] })

/** The actions that create a resource, each with how to read the result; a new such action needs a row here. */
const samples: Readonly<Record<string, { path: string; body: object; other: object }>> = {
  'rooms.create': {
    path: '/api/rooms',
    body: { name: 'Tea', password: 'milk' },
    other: { name: 'Tea', password: 'sugar' },
  },
}

/** Rules IK, on either database. */
export function idempotencySuite(name: string, backend: Backend): void {
  describe(`idempotency keys on ${name}`, () => {
    after(() => backend.stop())

    test('[IK1] [IK2] each action that creates a resource creates one per key, and refuses other content', async () => {
      await using world = await createWorld(await backend.open())
      const creating = world.actions.filter(({ contract }) => contract.creates === 'resource').map((each) => each.name)
      assert.deepEqual(creating.toSorted(), Object.keys(samples).toSorted(), 'give each a sample')
      for (const [action, { path, body, other }] of Object.entries(samples)) {
        const ann = await signIn(world, 'Ann')
        const post = (sent: object, key = action, token = ann.token) =>
          world.rest('POST', path, { token, body: sent, key })
        const first = await post(body)
        assert.deepEqual([first.status, world.replays], [201, []], action)
        const again = await post(body)
        assert.deepEqual(
          [again.status, again.body, world.replays.splice(0)],
          [201, first.body, [`POST ${path}`]],
          action,
        )
        const refused = await post(other)
        assert.deepEqual([refused.status, refused.body.code], [409, 'client_id_reused'], action)
        const bob = await signIn(world, 'Bob')
        for (const fresh of [await post(body, `${action} 2`), await post(body, action, bob.token)])
          assert.notEqual(fresh.body.id, first.body.id, action)
        const bad = await post(body, 'x\u0000')
        assert.deepEqual([bad.status, Object.keys(bad.body.errors)], [400, ['Idempotency-Key']])
      }
    })

    test('[IK1] a retry answers the current state of what the first call created, even if it is closed', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const post = () =>
        world.rest('POST', '/api/rooms', { token: ann.token, body: { name: 'Tea', is_private: true }, key: 'k' })
      const { id } = (await post()).body
      await world.rest('PATCH', `/api/rooms/${id}`, { token: ann.token, body: { name: 'Coffee' } })
      assert.equal((await post()).body.name, 'Coffee')
      await world.rest('DELETE', `/api/rooms/${id}`, { token: ann.token })
      const closed = await post()
      assert.deepEqual([closed.status, closed.body.is_active], [201, false])
    })

    test('[IK3] [I6] concurrent calls with one key, on one node or two, create one, also for a guest not stored yet', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const socket = await world.connect()
      for (const token of [ann.token, socket.connected.access_token]) {
        const post = (rest: typeof world.rest) => rest('POST', '/api/rooms', { token, body: { name: 'Tea' }, key: 'k' })
        const answers = await Promise.all([world.rest, world.rest, world.restElsewhere, world.restElsewhere].map(post))
        assert.deepEqual(
          answers.map(({ status }) => status),
          [201, 201, 201, 201],
        )
        assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
        assert.equal(world.replays.splice(0).length, 3)
      }
      const { items } = (await world.rest('GET', '/api/rooms')).body
      assert.equal(items.filter(({ kind }: { kind: string }) => kind !== 'lobby').length, 2)
    })

    test('[IK3] a call that failed does not use up the key', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const post = (body: object) => world.rest('POST', '/api/rooms', { token: ann.token, body, key: 'k' })
      assert.equal((await post({ name: '' })).status, 400)
      assert.equal((await post({ name: 'Tea' })).status, 201)
      assert.equal((await keysOf(world)).length, 1)
    })

    test('[IK4] keys are kept for 30 days, the newest 1,000 of each user', async () => {
      await using world = await createWorld(await backend.open())
      const room = { room_id: 'lobby', actor: 0, action: 'test', client_id: null, members_only: false }
      let made = 0
      const post = (key: string): Promise<string> =>
        world.idempotency.once(
          { user_id: 'someone', key, action: 'test', content_hash: '1:x' },
          async (resource) => resource,
          async (claim) => {
            made += 1
            await world.engine.commit({ ...room, ops: [{ op: 'claim', claim, resource: `${made}` }] })
            return `${made}`
          },
        )
      const first = await post('k')
      world.advance(30 * day - 1)
      await world.idempotency.prune()
      assert.equal(await post('k'), first)
      world.advance(1)
      const second = await post('k')
      assert.notEqual(second, first, 'also before anyone pruned')
      world.advance(30 * day)
      await world.idempotency.prune()
      assert.deepEqual(await keysOf(world), [])
      for (const [from, to] of [
        [0, 3],
        [3, 1001],
        [1001, 1003],
      ] as const) {
        world.advance(1)
        const keys = Array.from({ length: to - from }, (_, index) => `key ${from + index}`)
        const claims = keys.map((key) => ({ user_id: 'someone', key, action: 'test', content_hash: '1:x' }))
        await world.engine.commit({ ...room, ops: claims.map((claim) => ({ op: 'claim', claim, resource: 'x' })) })
      }
      const kept = await keysOf(world)
      assert.equal(kept.length, 1000)
      assert.ok(!kept.some(({ key }) => key === 'key 2') && kept.some(({ key }) => key === 'key 3'))
    })

    test('[IK5] making an invitation ignores the key, so its code is answered only once', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const { id } = (await world.rest('POST', '/api/rooms', { token: ann.token, body: { name: 'Tea' } })).body
      const invite = () => world.rest('POST', `/api/rooms/${id}/invites`, { token: ann.token, body: {}, key: 'k' })
      assert.notEqual((await invite()).body.code, (await invite()).body.code)
      assert.deepEqual(await keysOf(world), [])
    })

    test('[IK6] the stored hash does not allow guessing what was sent', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const body = { name: 'Tea', password: 'milk' }
      await world.rest('POST', '/api/rooms', { token: ann.token, body, key: 'k' })
      const [row] = await keysOf(world)
      assert.match(String(row?.['content_hash']), /^1\.[\w-]{6}:[\w-]{22}$/)
      assert.doesNotMatch(JSON.stringify(row), /milk|Tea/)
    })
  })
}
