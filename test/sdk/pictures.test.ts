import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setAvatar, setRoomPicture } from '../../packages/client/src/pictures.ts'
import { smallImage } from '../../packages/server/src/platform/media/testing/samples.ts'
import { isLive, openSdk, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'

suite('pictures of the SDK', { timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    server = await startServer()
  })
  after(() => server[Symbol.asyncDispose]())

  test('a person and a room get pictures, of which the client hears, and lose them', async () => {
    using client = openSdk({ url: server.url, storage: 'memory' })
    await client.auth.guest({ name: 'Ann' })
    const { id } = await client.rooms.create({ name: 'Tea' })
    const room = client.join(id)
    await isLive(room)
    const image = new Blob([Buffer.from(await smallImage('png'))])
    await setAvatar(client, image)
    assert.match(client.me.get()?.avatar_url ?? '', /^\/api\/pictures\//)
    await setRoomPicture(client, id, image)
    await until(room.state, (state) => state.room?.picture_url != null, 'a picture')
    await client.auth.updateMe({ avatar_url: null })
    assert.equal(client.me.get()?.avatar_url, null)
    await client.call('pictures.removeOfRoom', { room_id: id })
    await until(room.state, (state) => state.room?.picture_url === null, 'no picture')
    await assert.rejects(setAvatar(client, new Blob(['no image'])), { code: 'unsupported_type' })
  })
})
