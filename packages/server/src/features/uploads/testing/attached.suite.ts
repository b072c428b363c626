import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageWithPlace } from '../../../platform/media/testing/samples.ts'
import { account } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { createRoom } from '../../testing/world.ts'
import { uploadSettings } from '../settings.ts'
import { openDoor } from './door.ts'
import { anew, hour, say, type UploadWorlds } from './worlds.ts'

/** Files of messages: who attaches them, and who reads them. */
export function testAttached({ openWorld }: UploadWorlds): void {
  test('[UP11] [M12] a message carries ready files of its sender, each once, with links that are signed again', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    let [ann, bob] = [await account(world, 'Ann'), await account(world, 'Bob')]
    const { id } = await createRoom(world, ann, { is_private: true })
    const socket = await world.connect(ann.token)
    await socket.ask('join_room', { room_id: id })
    const [photo, text] = [
      await door.sends(ann, await imageWithPlace({ width: 400 })),
      await door.sends(ann, 'text', { room_id: id }),
    ]
    const { status, body } = await say(world, ann, id, { file_ids: [photo.id, text.id], client_id: 'c' })
    assert.equal(status, 201)
    assert.deepEqual(
      body.files.map((file: Answer) => [file.id, file.kind, file.state]),
      [
        [photo.id, 'image', 'ready'],
        [text.id, 'file', 'ready'],
      ],
    )
    assert.deepEqual(await socket.heardOf('new_message'), body)
    const again = await say(world, ann, id, { file_ids: [photo.id, text.id], client_id: 'c' })
    assert.deepEqual(again.body, body)
    assert.equal(world.replays.length, 1)
    const { url, renditions } = body.files[0]
    for (const path of [url, renditions[0].url]) assert.equal(await door.outcome('GET', path), '200')

    // An hour later the text has other links; a day later only those hold.
    const read = async () =>
      (await world.rest('GET', `/api/rooms/${id}/messages`, { token: ann.token })).body.messages[0]
    world.advance(hour)
    ann = await anew(world, ann)
    const later = (await read()).files[0].url
    assert.notEqual(later, url)
    world.advance(24 * hour)
    assert.equal(await door.outcome('GET', url), '401 token_expired')
    ann = await anew(world, ann)
    bob = await anew(world, bob)
    assert.equal(await door.outcome('GET', (await read()).files[0].url), '200')
    assert.equal('files' in (await say(world, ann, id, { content: 'none' })).body, false)

    const other = await createRoom(world, ann)
    const own = await door.sends(bob, 'x')
    const loose = await door.sends(ann, 'x')
    const forRoom = await door.sends(ann, 'x', { room_id: id })
    const refused: [string, string, object][] = [
      ['attached already', id, { file_ids: [photo.id] }],
      ["another user's", id, { file_ids: [own.id] }],
      ['unknown', id, { file_ids: ['none'] }],
      ['twice', id, { file_ids: [loose.id, loose.id] }],
      ['for another room', other.id, { file_ids: [forRoom.id] }],
      ['too many', id, { file_ids: Array.from({ length: 11 }, (_, at) => `f${at}`) }],
      ['none and no text', id, { file_ids: [] }],
    ]
    for (const [why, room_id, message] of refused)
      assert.equal((await say(world, ann, room_id, message)).body.code, 'validation_error', why)
    assert.equal((await say(world, ann, id, { file_ids: [text.id], client_id: 'c' })).body.code, 'client_id_reused')
    // Of messages that are sent at once with the same file only one is stored.
    const racing = await Promise.all([1, 2, 3].map(() => say(world, ann, id, { file_ids: [loose.id] })))
    assert.deepEqual(racing.map((each) => String(each.status)).toSorted(), ['201', '400', '400'])
    world.advance(47 * hour + 1)
    ann = await anew(world, ann)
    assert.equal((await say(world, ann, id, { file_ids: [forRoom.id] })).body.code, 'validation_error')
  })

  test('[UP9] messages that are sent at once do not exceed the quota of their room, and each is refused by itself', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    const ann = await account(world, 'Ann')
    const [full, empty] = [await createRoom(world, ann), await createRoom(world, ann)]
    const left = 2
    const usage = `INSERT INTO file_usage (scope, ref, bytes, files)
      VALUES ('room', '${full.id}', ${uploadSettings.roomFileQuotaBytes.fallback - left}, 1)`
    await world.db.write([{ sql: usage, parameters: [] }])
    const files = await Promise.all([1, 2, 3, 4, 5].map(() => door.sends(ann, 'x')))
    const sent = await Promise.all(
      files.map((file, at) => say(world, ann, at === 0 ? empty.id : full.id, { file_ids: [file.id] })),
    )
    assert.equal(sent[0]?.status, 201)
    const codes = sent.slice(1).map(({ status, body }) => `${status} ${body.code ?? 'stored'}`)
    assert.deepEqual(codes.toSorted(), ['201 stored', '201 stored', '413 quota_exceeded', '413 quota_exceeded'])
    // What was refused is not attached, and can be sent elsewhere.
    const over = files.filter((_, at) => sent[at]?.status === 413).map(({ id }) => id)
    assert.equal((await say(world, ann, empty.id, { file_ids: over })).status, 201)
  })
}
