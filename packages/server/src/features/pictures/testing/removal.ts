import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pngOf } from '../../../platform/media/testing/samples.ts'
import { account, roomOf } from '../../rooms/testing/rooms.ts'
import type { openFiles, World } from '../../testing/world.ts'
import { sweepJob } from '../../uploads/receiving/jobs.ts'
import { sweepPicturesJob } from '../jobs.ts'
import { allBlobs, doorOf, hour, outcome, sweep } from './stage.ts'

/** The worlds share `files`, which are in `folder`. */
type Stage = { open: () => Promise<World>; files: ReturnType<typeof openFiles>; folder: string }

/** What becomes of pictures that are no longer used, on the suite's database. */
export function removalTests({ open, files, folder }: Stage): void {
  test('[PC6] a picture that is no longer used is not found and removed; one in use stays', async (t) => {
    await using world = await open()
    const { blobs } = await files
    const door = await doorOf(t, world)
    const [ann, bob, cid] = [await account(world, 'Ann'), await account(world, 'Bob'), await account(world, 'Cid')]
    const { path } = await roomOf(world, ann, {})
    const before = (await allBlobs(blobs)).length
    const url = async (who: typeof ann) => (await door.own(who, pngOf(200, 200))).body.avatar_url
    const [first, second] = [await url(ann), await url(ann)]
    assert.equal(await door.outcome('GET', first), '404 not_found')
    assert.equal(await door.outcome('GET', second), '200')
    assert.equal((await allBlobs(blobs)).length, before + 2)
    await bob.does('PATCH', '/api/auth/me', { avatar_url: (await url(bob)) && null })
    assert.equal((await allBlobs(blobs)).length, before + 2)
    const gone = await url(cid)
    await cid.does('POST', '/api/delete-account', { password: 'an unusual password' })
    assert.equal(await door.outcome('GET', gone), '404 not_found')
    assert.equal((await allBlobs(blobs)).length, before + 2)
    const ofRoom = (await door.ofRoom(ann, path, pngOf(200, 200))).body.picture_url

    // As a crash between the two steps leaves it.
    const lost = await url(bob)
    await world.db.write([{ sql: `UPDATE users SET avatar_url = NULL WHERE id = '${bob.id}'`, parameters: [] }])
    assert.equal(await door.outcome('GET', lost), '404 not_found')
    await sweep(world, sweepPicturesJob)
    assert.equal((await allBlobs(blobs)).length, before + 6)
    world.advance(60 * hour)
    await sweep(world, sweepPicturesJob)
    await sweep(world, sweepJob)
    assert.equal((await allBlobs(blobs)).length, before + 4)
    for (const kept of [second, ofRoom]) assert.equal(await door.outcome('GET', kept), '200')
  })

  test('[PC6] a picture that was given stays, though the one before it cannot be removed', async (t) => {
    await using world = await open()
    const { blobs } = await files
    const door = await doorOf(t, world)
    const ann = await account(world, 'Ann')
    const { path } = await roomOf(world, ann, {})
    const sent = {
      own: async () => outcome(await door.own(ann, pngOf(64, 64))),
      ofRoom: async () => outcome(await door.ofRoom(ann, path, pngOf(64, 64))),
    }
    const shown = {
      own: async () => (await ann.does('GET', '/api/me')).avatar_url,
      ofRoom: async () => (await ann.does('GET', path)).picture_url,
    }
    for (const who of ['own', 'ofRoom'] as const) {
      const before = new Set(await allBlobs(blobs))
      assert.equal(await sent[who](), 200)
      const first = await shown[who]()
      // A folder in the place of a file: the system does not remove it as one.
      const [blob = ''] = (await allBlobs(blobs)).filter((id) => !before.has(id))
      const place = join(folder, 'files', blob.slice(0, 2).toLowerCase(), blob)
      rmSync(place)
      mkdirSync(place)
      assert.equal(await sent[who](), 200, who)
      assert.notEqual(await shown[who](), first)
      assert.equal(await door.outcome('GET', first), '404 not_found')
      assert.equal(await door.outcome('GET', await shown[who]()), '200', who)
      rmSync(place, { recursive: true })
    }
  })

  test('[PC6] a room that cannot be read does not keep the sweep from other pictures', async (t) => {
    await using world = await open()
    const { blobs } = await files
    const door = await doorOf(t, world)
    const before = (await allBlobs(blobs)).length
    const ann = await account(world, 'Ann')
    await world.db.write([
      {
        sql: `INSERT INTO rooms (num, id, kind, epoch, last_seq, floor_seq, member_count, record_count, record_bytes, created_at)
              VALUES (900, 'bare', 'chat', 'e', 1, 0, 0, 0, 0, 1)`,
        parameters: [],
      },
    ])
    for (const room_id of ['bare', '']) {
      await door.own(ann, pngOf(64, 64))
      await world.db.write([
        { sql: `UPDATE files SET room_id = '${room_id}'`, parameters: [] },
        { sql: `UPDATE users SET avatar_url = NULL WHERE id = '${ann.id}'`, parameters: [] },
      ])
      world.advance(2 * hour)
      await sweep(world, sweepPicturesJob)
      assert.equal((await allBlobs(blobs)).length, before)
    }
  })
}
