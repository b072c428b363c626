import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { createMemoryBus } from '../../../platform/bus/memory.ts'
import { connectTo, settle } from '../../../room/testing/live-client.ts'
import type { RoomMessages } from '../../../room/types.ts'
import { outcome } from '../../identity/testing/register.ts'
import { type Backend, createWorld, registerAdministrator, signIn, type World } from '../../testing/world.ts'

const send = (world: World, body: object, token: string | null) =>
  world.rest('POST', '/api/admin/notifications', { body, token })

export function notificationsSuite(name: string, backend: Backend): void {
  suite(`notifications on ${name}`, () => {
    after(() => backend.stop())

    test('[NT1] [NT2] an administrator notifies the users named, or everyone, on every node', async () => {
      const db = await backend.open()
      const bus = createMemoryBus<RoomMessages>()
      await using world = await createWorld(db, { bus })
      await using other = await createWorld({ ...db, close: async () => undefined }, { bus })
      const [admin, ann] = [await registerAdministrator(world), await signIn(world, 'Ann')]
      const hers = [await world.connect(ann.token), await other.connect(ann.token)]
      const stranger = await other.connect()
      const anyone = connectTo(other.live, 0, { present: false, user: null, profile: null, session_id: null })
      const { status, body } = await send(
        world,
        { title: ' Welcome ', body: 'Two\nlines', user_ids: [ann.id, 'nobody', ann.id] },
        admin.token,
      )
      assert.equal(status, 201)
      assert.deepEqual(body, {
        ...{ id: body.id, kind: 'system', title: 'Welcome', body: 'Two\nlines', data: null },
        created_at: '2026-01-01T00:00:00.000Z',
      })
      for (const socket of hers) assert.deepEqual(await socket.hears('notification'), [body])
      assert.deepEqual(await stranger.hears('notification'), [])
      const all = (await send(world, { title: 'All', body: '' }, admin.token)).body
      await settle()
      assert.deepEqual(anyone.payloads('notification'), [all])
      assert.deepEqual(await stranger.hears('notification'), [all])
      for (const socket of hers) assert.deepEqual(await socket.hears('notification'), [body, all])
    })

    test('[NT1] [NT3] nobody else does, and not without a bound', async () => {
      await using world = await createWorld(await backend.open(), { limited: true })
      const [admin, gus] = [await registerAdministrator(world), await signIn(world, 'Gus')]
      const of = async (more: object, token: string | null = admin.token) =>
        outcome(await send(world, { title: 'T', body: 'B', ...more }, token))
      assert.equal(await of({}, gus.token), '403 forbidden')
      assert.equal(await of({}, null), '401 not_authenticated')
      for (const bad of [
        { title: '' },
        { title: ' ' },
        { title: 'x'.repeat(201) },
        { body: 7 },
        { user_ids: [] },
        { user_ids: Array.from({ length: 1001 }, (_, n) => `u${n}`) },
      ])
        assert.equal(await of(bad), '400 validation_error')
      assert.equal(await of({ body: 'x'.repeat(4001) }), '413 too_large')
      world.advance(60_000)
      // 1,000 users of 8 KB each: eight of them fill the budget of 32 MiB, with a ninth in debt.
      const user_ids = Array.from({ length: 1000 }, (_, n) => `u${n}`)
      const codes: number[] = []
      for (let n = 0; n < 12; n += 1) {
        codes.push((await send(world, { title: 'T', body: 'é'.repeat(4000), user_ids }, admin.token)).status)
      }
      assert.deepEqual([codes[0], codes.at(-1)], [201, 429])
    })
  })
}
