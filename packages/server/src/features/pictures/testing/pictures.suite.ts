import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { systemTimers } from '../../../core/clock.ts'
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
import { type Backend, createWorld, openFiles } from '../../testing/world.ts'
import { sweepPicturesJob } from '../jobs.ts'
import { removalTests } from './removal.ts'
import { allBlobs, doorOf, hour, outcome, sweep, usage } from './stage.ts'

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

    removalTests({ open: openWorld, files, folder })

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
