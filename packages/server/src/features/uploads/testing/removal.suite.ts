import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageWithPlace } from '../../../platform/media/testing/samples.ts'
import { account, roomOf } from '../../rooms/testing/rooms.ts'
import type { Blobs } from '../../../platform/files/files.ts'
import type { World } from '../../testing/world.ts'
import { sweepJob } from '../receiving/jobs.ts'
import { openDoor } from './door.ts'
import { anew, hour, redact, say, type UploadWorlds } from './worlds.ts'

async function allBlobs(blobs: Blobs): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of blobs.unchangedSince(Date.now() + hour)) found.push(id)
  return found
}

/** So many hours later, after the sweep. */
async function pass(world: World, hours: number): Promise<void> {
  world.advance(hours * hour)
  await world.settled()
  const sweep = world.jobs.find(({ type }) => type.name === sweepJob.name)
  const run = { id: '', run: 0, shown: false }
  const { signal } = new AbortController()
  await sweep?.run({}, { id: '', run, room: 0, user: 0, failures: 0, signal, progress: () => undefined })
}

/** Files go with what they belong to, and what is left of them is swept. */
export function testRemoval({ files, openWorld }: UploadWorlds): void {
  test('[UP7] a message, a room and an account take their files with them, and the sweep their bytes', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    const { blobs } = await files
    const before = (await allBlobs(blobs)).length
    const [ann, bob] = [await account(world, 'Ann'), await account(world, 'Bob')]
    const photo = await imageWithPlace({ width: 400 })
    const [{ id }, { id: closing, path }] = [await roomOf(world, ann, { guest: [bob] }), await roomOf(world, ann, {})]
    const send = async (by: typeof ann, room_id: string) => {
      const file = await door.sends(by, photo)
      const { body } = await say(world, by, room_id, { file_ids: [file.id] })
      return { file: `/api/files/${file.id}`, seq: body.seq, link: body.files[0].url }
    }
    const [first, second, third, stays] = [
      await send(ann, id),
      await send(ann, closing),
      await send(bob, id),
      await send(ann, id),
    ]
    assert.equal((await allBlobs(blobs)).length, before + 8)
    await redact(world, id, first.seq)
    await ann.does('DELETE', path)
    for (const { file, link } of [first, second]) {
      assert.equal(await door.outcome('GET', file, { by: ann }), '404 not_found')
      assert.equal(await door.outcome('GET', link), '404 not_found')
    }
    await bob.does('POST', '/api/delete-account', { password: 'an unusual password' })
    assert.equal(await door.outcome('GET', third.link), '404 not_found')
    for (let seconds = 0; seconds < 30; seconds += 1) {
      world.advance(1_000)
      await world.settled()
    }
    assert.equal(await door.outcome('GET', third.link), '404 not_found')
    assert.equal((await allBlobs(blobs)).length, before + 6)
    await pass(world, 2)
    assert.equal((await allBlobs(blobs)).length, before + 2)
    assert.equal(await door.outcome('GET', stays.file, { by: await anew(world, ann) }), '200')
    // What is gone does not count any more.
    const used = await world.db.all({
      sql: 'SELECT scope, files, bytes FROM file_usage WHERE files > 0 ORDER BY scope',
      parameters: [],
    })
    assert.deepEqual(
      used.map(({ scope, files }) => [scope, files]),
      [
        ['room', 1],
        ['user', 1],
      ],
    )
    assert.equal(used[0]?.['bytes'], used[1]?.['bytes'])
  })

  test('[UP10] uploads that stand still, files that nobody attached, and blobs without a file are swept', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    const { blobs } = await files
    const before = (await allBlobs(blobs)).length
    let ann = await account(world, 'Ann')
    const orphan = await blobs.begin()
    await blobs.finish(orphan)
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '100' }
    const ids: string[] = []
    for (let at = 0; at < 200; at += 1) ids.push((await door.ask('POST', '/api/uploads', { by: ann, headers })).body.id)
    const loose = await door.sends(ann, 'x')
    assert.equal((await allBlobs(blobs)).length, before + 202)
    await pass(world, 23)
    ann = await anew(world, ann)
    const part = {
      by: ann,
      headers: { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: 'some',
    }
    assert.equal(await door.outcome('PATCH', `/api/uploads/${ids[0]}`, part), '204')
    await pass(world, 3)
    ann = await anew(world, ann)
    // The one that was continued is not given up.
    assert.equal((await allBlobs(blobs)).length, before + 3)
    assert.equal(await door.outcome('GET', `/api/files/${loose.id}`, { by: ann }), '200')
    await pass(world, 24)
    ann = await anew(world, ann)
    // Blobs count from the time of the disk.
    const left = await allBlobs(blobs)
    assert.equal(await door.outcome('GET', `/api/files/${loose.id}`, { by: ann }), '404 not_found')
    assert.deepEqual(
      left.filter((id) => id === orphan),
      [orphan],
    )
    world.advance(Date.now() - world.clock.now() + 49 * hour)
    await pass(world, 2)
    assert.deepEqual(
      (await allBlobs(blobs)).filter((id) => id === orphan),
      [],
    )
    const [usage] = await world.db.all({
      sql: 'SELECT sum(files) AS files, sum(bytes) AS bytes FROM file_usage',
      parameters: [],
    })
    assert.deepEqual([Number(usage?.['files']), Number(usage?.['bytes'])], [0, 0])
  })
}
