import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { createMemoryBus } from '../../../platform/bus/memory.ts'
import { smallImage } from '../../../platform/media/testing/samples.ts'
import type { RoomMessages } from '../../../room/types.ts'
import { openDoor } from '../../uploads/testing/door.ts'
import { hour } from '../../uploads/testing/worlds.ts'
import { outcome, post } from '../../identity/testing/register.ts'
import { type Backend, createWorld, registerAdministrator, signIn, type World } from '../../testing/world.ts'

const send = (world: World, body: object, token: string | null, address?: string) =>
  world.rest('POST', '/api/messages/broadcast', { body, token, ...(address === undefined ? {} : { address }) })

const base64 = (bytes: Buffer) => bytes.toString('base64')

export function broadcastsSuite(name: string, backend: Backend): void {
  suite(`broadcasts on ${name}`, () => {
    after(() => backend.stop())

    test('[BC1] [BC2] [BC3] an administrator reaches every connection of every node, and nothing is stored', async () => {
      const db = await backend.open()
      const bus = createMemoryBus<RoomMessages>()
      await using world = await createWorld(db, { bus })
      await using other = await createWorld({ ...db, close: async () => undefined }, { bus })
      const admin = await registerAdministrator(world, { server_name: 'Club' })
      const connections = [await world.connect(), await world.connect(admin.token), await other.connect()]
      const { status, body } = await send(world, { content: 'We restart at noon', sender: 'Not me' }, admin.token)
      assert.equal(status, 201)
      assert.deepEqual(body, {
        ...{ id: body.id, type: 'text', content: 'We restart at noon', format: null, url: null },
        sender: { id: '', name: 'Club', avatar_url: null, guest: false },
        created_at: '2026-01-01T00:00:00.000Z',
      })
      for (const connection of connections) assert.deepEqual(await connection.heardOf('broadcast'), body)
      const { body: lobby } = await world.rest('GET', '/api/rooms/lobby/messages')
      assert.deepEqual(lobby.messages, [])
    })

    test('[BC1] nobody else broadcasts, and what a broadcast may not be is refused', async () => {
      await using world = await createWorld(await backend.open())
      const [admin, gus] = [await registerAdministrator(world), await signIn(world, 'Gus')]
      const socket = await world.connect()
      assert.equal(outcome(await send(world, { content: 'x' }, gus.token)), '403 forbidden')
      assert.equal(outcome(await send(world, { content: 'x' }, null)), '401 not_authenticated')
      assert.equal(outcome(await send(world, { content: ' ' }, admin.token)), '400 validation_error')
      assert.equal(outcome(await send(world, {}, admin.token)), '400 missing_fields')
      assert.equal(outcome(await send(world, { content: 'x'.repeat(20_001) }, admin.token)), '413 too_large')
      assert.equal(outcome(await send(world, { type: 'image', content: 'x' }, admin.token)), '400 validation_error')
      const svg = { type: 'image', content: base64(Buffer.from('<svg/>')) }
      assert.equal(outcome(await send(world, svg, admin.token)), '415 unsupported_type')
      assert.equal(outcome(await send(world, svg, gus.token)), '403 forbidden')
      const large = { type: 'image', content: base64(Buffer.alloc(5 * 1024 * 1024 + 1)) }
      assert.equal(outcome(await send(world, large, admin.token)), '413 too_large')
      assert.deepEqual(await socket.hears('broadcast'), [])
    })

    test('[BC4] an image reaches everyone as a link, which anyone opens for 24 h', async (t) => {
      await using world = await createWorld(await backend.open())
      const admin = await registerAdministrator(world)
      const socket = await world.connect()
      const png = await smallImage('png')
      const { status, body } = await send(world, { type: 'image', content: base64(png) }, admin.token)
      assert.deepEqual([status, body.type, body.content, body.format], [201, 'image', null, 'png'])
      assert.deepEqual(await socket.heardOf('broadcast'), body)
      const door = await openDoor(t, world)
      assert.equal(await door.outcome('GET', body.url), '200')
      world.advance(25 * hour)
      assert.equal(await door.outcome('GET', body.url), '401 token_expired')
    })

    test('[BC1] in development callers on this machine broadcast too, under a name of their choice', async () => {
      await using world = await createWorld(await backend.open(), { env: 'development' })
      const gus = await signIn(world, 'Gus')
      for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.2']) {
        const { status, body } = await send(world, { content: 'x', sender: 'Build' }, null, address)
        assert.deepEqual([status, body.sender.name], [201, 'Build'], address)
      }
      assert.equal(
        (await send(world, { content: 'x', sender: 'Build' }, gus.token, '127.0.0.1')).body.sender.name,
        'Parlor',
      )
      assert.equal(outcome(await send(world, { content: 'x' }, null, '192.0.2.7')), '401 not_authenticated')
      const image = { type: 'image', content: base64(await smallImage('png')) }
      assert.equal(outcome(await send(world, image, null, '127.0.0.1')), '401 not_authenticated')
      assert.equal(outcome(await post(world, '/api/messages/broadcast', { content: 'x' }, gus.token)), '403 forbidden')
    })
  })
}
