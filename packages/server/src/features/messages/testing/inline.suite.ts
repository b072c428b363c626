import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { dots, imageWithPlace, pngOf, smallImage, tone } from '../../../platform/media/testing/samples.ts'
import { connectTo } from '../../../room/testing/live-client.ts'
import { outcome } from '../../identity/testing/register.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, signIn, type World } from '../../testing/world.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const bytesIn = (content: unknown): Buffer => Buffer.from(String(content), 'base64')

const toLobby = (world: World, body: object, more: object = {}) =>
  world.rest('POST', '/api/message', { body: { sender: 'Ann', ...body }, ...more })

async function filesIn({ db }: World): Promise<number> {
  const [row] = await db.all<{ n: number }>({ sql: 'SELECT count(*) AS n FROM files', parameters: [] })
  return Number(row?.n)
}

/** The same message wherever it is shown later: without base64, with the address of its file. */
async function assertShown(world: World, room_id: string, { id }: Answer): Promise<void> {
  const { messages } = (await world.rest('GET', `/api/rooms/${room_id}/messages`)).body
  const found = messages.find((message: Answer) => message.id === id)
  assert.equal(found.content, null)
  assert.equal(found.url, found.files[0].url)
  assert.match(found.url, /^\/api\/files\/[\w-]+\?.*signature=/)
}

export function inlineSuite(name: string, backend: Backend): void {
  describe(`images and recordings in messages on ${name}`, () => {
    after(() => backend.stop())

    test('[IN1] [IN2] [IN3] [IN4] are taken as base64 by every way in, and heard as base64 under `message`', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      await socket.ask('join_room', { room_id: 'lobby' })
      const [png, jpeg, wav] = [await smallImage('png'), await imageWithPlace(), tone(1)]
      const lines = base64(png).replace(/.{20}/g, '$&\r\n')
      const sent = [
        (await toLobby(world, { type: 'image', content: base64(png), format: 'png' })).body,
        (await toLobby(world, { type: 'image', content: `data:image/gif;base64,${base64(jpeg)}`, format: 'gif' })).body,
        await socket.ask('message', { type: 'image', content: lines, sender: 'Bea' }),
        await socket.ask('send_image', { image: jpeg.toString('base64url'), sender: 'Bea', format: 'jpeg' }),
        await socket.ask('send_audio', { audio: base64(wav), sender: 'Bea', format: 'mp3' }),
      ]
      const heard = await socket.hears('message')
      assert.deepEqual(
        heard.map(({ id, type, format }) => ({ id, type, format })),
        [
          { id: sent[0].id, type: 'image', format: 'png' },
          { id: sent[1].id, type: 'image', format: 'jpg' },
          { id: sent[2].id, type: 'image', format: 'png' },
          { id: sent[3].id, type: 'image', format: 'jpeg' },
          { id: sent[4].id, type: 'audio', format: 'wav' },
        ],
      )
      assert.deepEqual(
        await Promise.all(
          heard.slice(0, 4).map(async ({ content }) => (await sharp(bytesIn(content)).metadata()).format),
        ),
        ['png', 'jpeg', 'png', 'jpeg'],
      )
      assert.equal((await sharp(bytesIn(heard[1]?.content)).metadata()).exif, undefined, 'the place is gone')
      assert.deepEqual(bytesIn(heard[4]?.content), wav)
      // The 201 is what was heard; acknowledgements have no base64.
      assert.deepEqual(sent.slice(0, 2), heard.slice(0, 2))
      assert.deepEqual(
        sent.slice(2).map(({ content }) => content),
        [null, null, null],
      )
      for (const message of sent) await assertShown(world, 'lobby', message)
      const again = await (await world.connect()).ask('join_room', { room_id: 'lobby', after_seq: 0 })
      const recovered = again.events.filter(({ event }: Answer) => event === 'message')
      assert.deepEqual(
        recovered.map(({ data }: Answer) => [data.id, data.content, typeof data.url]),
        sent.map(({ id }) => [id, null, 'string']),
      )
    })

    test('[IN1] [ME10] a voice note that is sent as base64 has its waveform', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      await socket.ask('join_room', { room_id: 'lobby' })
      const note = readFileSync(new URL('../../../platform/media/testing/swelling-tone.webm', import.meta.url))
      const { files } = await socket.ask('send_audio', { audio: base64(note), sender: 'Bea', format: 'webm' })
      const { kind, waveform } = files[0]
      assert.deepEqual([kind, waveform.length], ['audio', 100])
      assert.ok(waveform[10] < 0.2 && waveform[90] > 0.6, `${waveform[10]} to ${waveform[90]}`)
    })

    test('[IN1] [IN2] what is none, too large or of another kind is refused, and nothing of it is kept', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      const [png, wav] = [base64(await smallImage('png')), base64(tone(1))]
      for (const [body, expected] of [
        [{ type: 'image', content: 'not base64!' }, '400 validation_error'],
        [{ type: 'image', content: '' }, '400 validation_error'],
        [{ type: 'image', content: wav }, '415 unsupported_type'],
        [{ type: 'audio', content: png }, '415 unsupported_type'],
        [{ type: 'image', content: base64(Buffer.from('<svg/>')) }, '415 unsupported_type'],
        [{ type: 'image', content: base64(await smallImage('tiff')) }, '415 unsupported_type'],
        [{ type: 'image', content: base64(pngOf(20_000, 20_000)) }, '413 too_large'],
        [{ type: 'audio', content: 'A'.repeat(7_000_000) }, '413 too_large'],
        [{ type: 'video', content: png }, '400 validation_error'],
      ] as const)
        assert.equal(outcome(await toLobby(world, body)), expected, JSON.stringify(body).slice(0, 60))
      const refused = await toLobby(world, { type: 'image', content: 'A'.repeat(7_000_000) })
      assert.equal(refused.body.limit, 5 * 1024 * 1024)
      await assert.rejects(
        socket.ask('send_image', { image: '%%' }),
        (error: Answer) => 'image' in error.details.errors,
      )
      await assert.rejects(socket.ask('send_audio', { audio: png }), { code: 'unsupported_type' })
      await assert.rejects(socket.ask('send_image', {}), { code: 'missing_fields' })
      assert.equal(await filesIn(world), 0)
      assert.equal((await socket.ask('send_image', { image: png })).type, 'image')
    })

    test('[IN4] a larger image is heard as a smaller copy, a larger recording by its address alone', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      await socket.ask('join_room', { room_id: 'lobby' })
      const image = await toLobby(world, { type: 'image', content: base64(await dots(640)) })
      const copy = await sharp(bytesIn(image.body.content)).metadata()
      assert.deepEqual([image.status, copy.width], [201, 320])
      const audio = await toLobby(world, { type: 'audio', content: base64(tone(70)) })
      assert.deepEqual([audio.status, audio.body.content], [201, null])
      assert.deepEqual(await socket.hears('message'), [image.body, audio.body])
    })

    test('[IN4] events of other names never carry base64', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const { id: room_id } = await createRoom(world, ann)
      const socket = await world.connect(ann.token)
      await socket.ask('join_room', { room_id })
      const content = base64(await smallImage('png'))
      const { body } = await toLobby(world, { room_id, type: 'image', content }, { token: ann.token })
      assert.ok(bytesIn(body.content).length > 0)
      assert.deepEqual(await socket.hears('new_message'), [{ ...body, content: null }])
    })

    test('[IN4] a live event carries base64 while it fits the budgets of its sender and of the room', async () => {
      await using world = await createWorld(await backend.open(), { limited: true })
      const room = (await world.engine.find('lobby')) ?? assert.fail('no lobby')
      const [listener] = [connectTo(world.live, 1)]
      world.live.listen(listener.id, room, 'message')
      const content = base64(await dots(550))
      const send = async () => (await toLobby(world, { type: 'image', content })).status
      const heard = async () => {
        await world.settled()
        return listener.payloads('message').map((message) => message['content'] !== null)
      }
      assert.deepEqual([await send(), await send()], [201, 201])
      assert.deepEqual(await heard(), [true, false], 'the room has carried its share')
      world.advance(60_000)
      for (let n = 0; n < 60; n += 1) world.live.listen(connectTo(world.live, 100 + n).id, room, 'message')
      assert.equal(await send(), 201)
      assert.deepEqual(await heard(), [true, false, false], 'too many receivers for its sender')
    })

    test('[IN5] of one address a few are looked at at once, and none for a room that its sender may not write to', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, bob] = [await signIn(world, 'Ann'), await signIn(world, 'Bob')]
      const content = base64(await smallImage('png'))
      const all = await Promise.all(Array.from({ length: 12 }, () => toLobby(world, { type: 'image', content })))
      const passed = all.filter(({ status }) => status === 201).length
      assert.ok(passed >= 4 && passed < 12, `${passed}`)
      assert.ok(all.every((answer) => answer.status === 201 || outcome(answer) === '429 rate_limited'))
      const before = await filesIn(world)
      const open = await createRoom(world, ann)
      const refused = await toLobby(world, { room_id: open.id, type: 'image', content }, { token: bob.token })
      assert.equal(outcome(refused), '403 not_a_member')
      const quiet = await createRoom(world, ann, { settings: { chat: 'off' } })
      const off = await toLobby(world, { room_id: quiet.id, type: 'image', content }, { token: ann.token })
      assert.equal(outcome(off), '403 chat_disabled')
      assert.equal(await filesIn(world), before)
    })

    test('[IN6] a retry is recognized by the bytes, one after the other and at once', async () => {
      await using world = await createWorld(await backend.open())
      const [png, gif] = [await smallImage('png'), await smallImage('gif')]
      const send = (content: string) => toLobby(world, { type: 'image', content, client_id: 'k' })
      const [one, two] = await Promise.all([send(base64(png)), send(`data:image/png;base64,${base64(png)}`)])
      assert.deepEqual([one.status, two.status, one.body.id], [201, 201, two.body.id])
      const again = await send(base64(png).replace(/.{9}/g, '$& '))
      assert.deepEqual([again.status, again.body.id, again.body.content], [201, one.body.id, null])
      assert.equal(outcome(await send(base64(gif))), '409 client_id_reused')
      assert.equal(await filesIn(world), 1)
    })
  })
}
