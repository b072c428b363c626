import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { systemTimers } from '../../../core/clock.ts'
import type { Blobs } from '../../../platform/files/files.ts'
import type { Media } from '../../../platform/media/media.ts'
import { createMediaProcess } from '../../../platform/media/media-process.ts'
import {
  animation,
  imageWithPlace,
  metadataOf,
  pngOf,
  smallImage,
  tone,
} from '../../../platform/media/testing/samples.ts'
import { account, enter, person, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld, openFiles, type World } from '../../testing/world.ts'
import { sweepJob } from '../../uploads/receiving/jobs.ts'
import { openDoor } from '../../uploads/testing/door.ts'
import { sweepPicturesJob } from '../jobs.ts'

const hour = 3_600_000

async function allBlobs(blobs: Blobs): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of blobs.unchangedSince(Date.now() + hour)) found.push(id)
  return found
}

async function sweep(world: World, job: { name: string }): Promise<void> {
  await world.settled()
  const handler = world.jobs.find(({ type }) => type.name === job.name)
  const run = { id: '', run: 0, shown: false }
  const { signal } = new AbortController()
  await handler?.run({}, { id: '', run, room: 0, user: 0, failures: 0, signal, progress: () => undefined })
}

/** A door, with how a picture is sent through it: as `avatar` for oneself, as `picture` for a room. */
async function doorOf(t: TestContext, world: World) {
  const door = await openDoor(t, world)
  const formOf = (field: string, bytes: Uint8Array | string) => {
    const body = new FormData()
    body.append(field, new Blob([Buffer.from(bytes)]), 'a.png')
    return body
  }
  return {
    ...door,
    own: (by: { token: string }, bytes: Uint8Array | string, field = 'avatar') =>
      door.ask('POST', '/api/upload-avatar', { by, body: formOf(field, bytes) }),
    ofRoom: (by: { token: string } | null, path: string, bytes: Uint8Array | string, field = 'picture') =>
      door.ask('PUT', `${path}/picture`, { by, body: formOf(field, bytes) }),
  }
}

const outcome = ({ status, body }: { status: number; body: Answer }) =>
  status < 300 ? status : `${status} ${body.code}`
const usage = async ({ db }: World) =>
  (await db.all({ sql: "SELECT bytes, files FROM file_usage WHERE scope = 'user'", parameters: [] }))[0]

export function picturesSuite(name: string, backend: Backend): void {
  describe(`pictures on ${name}`, { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-pictures-'))
    const files = openFiles(folder)
    after(async () => {
      ;(await files).media.close()
      rmSync(folder, { recursive: true })
      await backend.stop()
    })
    const openWorld = async () => createWorld(await backend.open(), { files: await files })

    test('[PC1] [P3] a person has the picture that they sent, wherever they are shown, and others hear of it', async (t) => {
      await using world = await openWorld()
      const door = await doorOf(t, world)
      const [ann, gus] = [await account(world, 'Ann'), await person(world, 'Gus')]
      const { id: room_id } = await roomOf(world, ann, { guest: [gus] })
      const [socket] = await enter(world, room_id, gus)
      const annsSocket = await world.connect(ann.token)
      await annsSocket.ask('join_room', { room_id })
      const sent = await door.own(ann, await imageWithPlace({ width: 300, height: 200 }))
      const { avatar_url } = sent.body
      assert.equal(outcome(sent), 200)
      assert.match(avatar_url, /^\/api\/pictures\/[\w-]{22}$/)
      const told = await socket?.heardOf('user_updated')
      assert.deepEqual(told, { room_id, user: { id: ann.id, name: 'Ann', avatar_url, guest: false } })
      const shown = [
        await ann.does('GET', '/api/me'),
        (await annsSocket.ask('message', { room_id, content: 'x' })).sender,
        (await world.connect(ann.token)).connected.user,
        (await ann.does('GET', `/api/rooms/${room_id}`)).host,
        (await ann.does('GET', `/api/rooms/${room_id}/members`)).items[0].user,
      ]
      for (const each of shown) assert.equal(each.avatar_url, avatar_url)

      const guests = await door.own(gus, pngOf(64, 64), 'file')
      assert.equal((await gus.does('GET', '/api/me')).avatar_url, guests.body.avatar_url)
      assert.equal(
        (await gus.does('POST', '/api/update-username', { username: 'Gustav' })).avatar_url,
        guests.body.avatar_url,
      )
      assert.equal(
        outcome(await door.ask('POST', '/api/upload-avatar', { body: new FormData() })),
        '401 not_authenticated',
      )
      const empty = await door.ask('POST', '/api/upload-avatar', { by: ann, body: new FormData() })
      assert.equal(outcome(empty), '400 missing_fields')
      assert.equal((await ann.does('PATCH', '/api/auth/me', { avatar_url: null })).avatar_url, null)
      assert.equal((await ann.does('GET', '/api/me')).avatar_url, null)
      const now = (await annsSocket.ask('message', { room_id, content: 'y' })).sender
      assert.equal(now.avatar_url, null)
    })

    test('[PC2] [RM16] who may change the name of a room changes its picture, and everyone in it hears of it', async (t) => {
      await using world = await openWorld()
      const door = await doorOf(t, world)
      const [ann, bob, eve] = [await account(world, 'Ann'), await account(world, 'Bob'), await account(world, 'Eve')]
      const { id, path } = await roomOf(world, ann, { member: [bob] }, { is_private: true })
      const [socket] = await enter(world, id, bob)
      assert.equal((await ann.does('GET', path)).picture_url, null)
      assert.equal(outcome(await door.ofRoom(bob, path, pngOf(64, 64))), '403 forbidden')
      assert.equal(outcome(await door.ofRoom(eve, path, pngOf(64, 64))), '403 not_a_member')
      assert.equal(outcome(await door.ofRoom(null, path, pngOf(64, 64))), '401 not_authenticated')
      assert.equal(outcome(await door.ofRoom(ann, '/api/rooms/none', pngOf(64, 64))), '404 not_found')
      assert.equal((await world.db.all({ sql: 'SELECT id FROM files', parameters: [] })).length, 0)

      const sent = await door.ofRoom(ann, path, pngOf(64, 64))
      const { picture_url } = sent.body
      assert.deepEqual([outcome(sent), sent.body], [200, { room_id: id, picture_url }])
      assert.equal((await socket?.heardOf('room_updated'))?.room.picture_url, picture_url)
      for (const who of [ann, bob]) {
        assert.equal((await who.does('GET', path)).picture_url, picture_url)
        const [mine] = (await who.does('GET', '/api/rooms/my')).items
        assert.equal(mine.picture_url, picture_url)
      }
      assert.equal('picture_url' in (await eve.does('GET', path)), false)
      assert.equal((await bob.call('DELETE', `${path}/picture`)).body.code, 'forbidden')

      await ann.does('PATCH', path, { name: 'Renamed' })
      assert.equal((await ann.does('GET', path)).picture_url, picture_url)
      assert.deepEqual(await ann.does('DELETE', `${path}/picture`), { room_id: id, picture_url: null })
      assert.equal(await door.outcome('GET', picture_url), '404 not_found')
      const last = (await door.ofRoom(ann, path, pngOf(64, 64), 'file')).body.picture_url
      assert.equal(await door.outcome('GET', last), '200')
      await ann.does('DELETE', path)
      assert.equal((await ann.does('GET', path)).picture_url, null)
      assert.equal(await door.outcome('GET', last), '404 not_found')
      assert.equal(outcome(await door.ofRoom(ann, path, pngOf(64, 64))), '410 room_closed')
      world.advance(2 * hour)
      await sweep(world, sweepPicturesJob)
      assert.equal((await world.db.all({ sql: 'SELECT id FROM files', parameters: [] })).length, 0)
    })

    test('[PC3] what is no image, is too large or breaks off is refused, and nothing of it is kept', async (t) => {
      await using world = await openWorld()
      const door = await doorOf(t, world)
      const ann = await account(world, 'Ann')
      const { path } = await roomOf(world, ann, {})
      const before = await allBlobs((await files).blobs)
      const refused: [string, Uint8Array | string, string][] = [
        ['a text', '<svg xmlns="http://www.w3.org/2000/svg"/>', '415 unsupported_type'],
        ['a sound', tone(1), '415 unsupported_type'],
        ['another image', await smallImage('tiff'), '415 unsupported_type'],
        ['half of an image', (await smallImage('png')).subarray(0, 60), '415 unsupported_type'],
        ['nothing', '', '415 unsupported_type'],
        ['too many pixels', pngOf(20_000, 20_000), '413 too_large'],
        ['too many bytes', Buffer.alloc(16 * 1024 * 1024 + 1), '413 too_large'],
      ]
      for (const [why, bytes, code] of refused) {
        assert.equal(outcome(await door.own(ann, bytes)), code, why)
        assert.equal(outcome(await door.ofRoom(ann, path, bytes)), code, why)
      }
      assert.equal((await ann.does('GET', '/api/me')).avatar_url, null)
      assert.equal((await ann.does('GET', path)).picture_url, null)
      assert.deepEqual(await allBlobs((await files).blobs), before)
      assert.deepEqual({ ...(await usage(world)) }, { bytes: 0, files: 0 })
    })

    test('[PC4] [PC5] [UP16] anybody reads a picture by its address, as WebP in two sizes, and nobody reads it as a file', async (t) => {
      await using world = await openWorld()
      const door = await doorOf(t, world)
      const ann = await account(world, 'Ann')
      const { avatar_url } = (await door.own(ann, await imageWithPlace({ width: 900, height: 600, orientation: 6 })))
        .body
      for (const [path, edge] of [
        [avatar_url, 512],
        [`${avatar_url}/96`, 96],
      ]) {
        const answer = await fetch(door.base + path)
        const bytes = Buffer.from(await answer.arrayBuffer())
        const { format, width, height, exif } = await metadataOf(bytes)
        assert.deepEqual([format, width, height, exif], ['webp', edge, edge, undefined])
        const headers = Object.fromEntries(answer.headers)
        assert.deepEqual(
          [headers['content-type'], headers['cache-control'], headers['x-content-type-options']],
          ['image/webp', 'public, max-age=604800, immutable', 'nosniff'],
        )
        assert.deepEqual(
          [headers['cross-origin-resource-policy'], headers['content-security-policy']],
          ['cross-origin', "default-src 'none';sandbox"],
        )
        const again = await fetch(door.base + path, { headers: { 'if-none-match': headers['etag'] ?? '' } })
        assert.equal(again.status, 304)
      }
      const small = (await door.own(ann, animation(3, 40))).body.avatar_url
      const whole = await fetch(`${door.base}${small}/96`)
      const { width, pages = 1 } = await metadataOf(Buffer.from(await whole.arrayBuffer()))
      assert.deepEqual([width, pages], [40, 1])

      const id = small.slice('/api/pictures/'.length)
      assert.equal(await door.outcome('GET', `${small}/320`), '400 validation_error')
      assert.equal(await door.outcome('GET', '/api/pictures/none'), '404 not_found')
      assert.equal(await door.outcome('GET', avatar_url), '404 not_found')
      assert.equal(await door.outcome('GET', `/api/files/${id}`, { by: ann }), '404 not_found')
      assert.equal(await ann.code('DELETE', `/api/files/${id}`), 'not_found')
      assert.equal(await ann.code('PATCH', `/api/files/${id}`, { name: 'x' }), 'not_found')
      const { path } = await roomOf(world, ann, {})
      const attached = await ann.code('POST', `${path}/messages`, { content: '', file_ids: [id] })
      assert.equal(attached, 'validation_error')
      const file = await door.sends(ann, 'x')
      assert.equal(await door.outcome('GET', `/api/pictures/${file.id}`), '404 not_found')
    })

    test('[PC6] a picture that is no longer used is not found and removed; one in use stays', async (t) => {
      await using world = await openWorld()
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
      await using world = await openWorld()
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
      await using world = await openWorld()
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

    test('[PC7] [UP9] a picture counts for who sent it; that of a room stays when they delete their account', async (t) => {
      await using world = await openWorld()
      const door = await doorOf(t, world)
      const [ann, bob] = [await account(world, 'Ann'), await account(world, 'Bob')]
      const { id, path } = await roomOf(world, bob, { cohost: [ann] })
      const own = (await door.own(ann, pngOf(64, 64))).body.avatar_url
      const { picture_url } = (await door.ofRoom(ann, path, pngOf(64, 64))).body
      const { bytes = 0, files: count } = { ...(await usage(world)) }
      assert.ok(Number(bytes) > 0)
      assert.equal(count, 2)
      await ann.does('POST', '/api/delete-account', { password: 'an unusual password' })
      for (let seconds = 0; seconds < 30; seconds += 1) {
        world.advance(1_000)
        await world.settled()
      }
      assert.equal(await door.outcome('GET', own), '404 not_found')
      assert.equal(await door.outcome('GET', picture_url), '200')
      assert.equal((await world.rest('GET', `/api/rooms/${id}`)).body.picture_url, picture_url)
      assert.equal((await usage(world))?.['files'], 1)
      await bob.does('DELETE', `${path}/picture`)
      assert.deepEqual({ ...(await usage(world)) }, { bytes: 0, files: 0 })
      // The quota of a guest, whose rows are as if it was spent.
      const gus = await person(world, 'Gus')
      await door.sends(gus, 'x')
      await world.db.write([{ sql: 'UPDATE file_usage SET bytes = 268435456', parameters: [] }])
      assert.equal(outcome(await door.own(gus, pngOf(64, 64))), '413 quota_exceeded')
    })

    test('[UP16] a picture that is not looked at within 20 s is given up, and nothing is kept of it', async (t) => {
      const { blobs } = await files
      // Inspects nothing, and says nothing.
      const program = join(folder, 'hangs.mjs')
      writeFileSync(program, "process.on('disconnect', () => process.exit(0)); process.on('message', () => undefined)")
      const hangs = createMediaProcess({ timers: systemTimers, program: pathToFileURL(program) })
      t.after(() => hangs.close())
      const asked = Promise.withResolvers<void>()
      const media: Media = {
        ...hangs,
        inspect(...given) {
          asked.resolve()
          return hangs.inspect(...given)
        },
      }
      await using world = await createWorld(await backend.open(), { files: { blobs, media } })
      const door = await doorOf(t, world)
      const ann = await account(world, 'Ann')
      const before = await allBlobs(blobs)
      const sent = door.own(ann, pngOf(64, 64))
      await asked.promise
      world.advance(20_001)
      assert.equal(outcome(await sent), '504 timeout')
      assert.deepEqual({ ...(await usage(world)) }, { bytes: 0, files: 0 })
      assert.deepEqual(await allBlobs(blobs), before)
      assert.equal((await ann.does('GET', '/api/me')).avatar_url, null)
    })
  })
}
