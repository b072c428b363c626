import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { EventType } from '../../../core/contract.ts'
import type { Blobs } from '../../../platform/files/files.ts'
import { pieces } from '../../../platform/files/testing/blobs.suite.ts'
import { imageWithPlace } from '../../../platform/media/testing/samples.ts'
import { defineFeature } from '../../feature.ts'
import { account, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, openFiles, signIn, type World } from '../../testing/world.ts'
import { sweepJob } from '../jobs.ts'
import { openDoor } from './door.ts'

const hour = 3_600_000

/** Takes a message away, as deleting one will. */
const deleted: EventType = {
  ...{ name: 'trial.deleted', v: 1, summary: 'A message is gone', body: z.object({}), payload: z.object({}) },
  ...{ wire: () => 'trial_deleted', wires: ['trial_deleted'], audience: 'room', retention_ms: null, history: false },
  encode: () => '{}',
}
const deletes = defineFeature({ name: 'trial', events: [deleted], create: () => ({ api: null }) })

function redact(world: World, room_id: string, seq: number) {
  const ops = [{ op: 'redact', seq, as: deleted, body: () => ({}) } as const]
  return world.engine.commit({ room_id, actor: 0, action: 'trial.delete', client_id: null, members_only: false, ops })
}

async function allBlobs(blobs: Blobs): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of blobs.unchangedSince(Date.now() + hour)) found.push(id)
  return found
}

/** The same user with a new token: an hour of the test ends the one before. */
async function anew<Who extends { name: string; token: string }>(world: World, who: Who): Promise<Who> {
  const body = { email: `${who.name}@example.org`, password: 'an unusual password' }
  const { body: session } = await world.rest('POST', '/api/auth/login', { body })
  return { ...who, token: session.access_token }
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

const say = (
  world: World,
  by: { token: string },
  room_id: string,
  body: object,
): Promise<{ status: number; body: Answer }> =>
  world.rest('POST', `/api/rooms/${room_id}/messages`, { token: by.token, body: { content: '', ...body } })

export function uploadsSuite(name: string, backend: Backend): void {
  describe(`uploads on ${name}`, { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-uploads-'))
    const files = openFiles(folder)
    after(async () => {
      ;(await files).media.close()
      rmSync(folder, { recursive: true })
      await backend.stop()
    })
    const worldWith = async () => createWorld(await backend.open(), { files: await files, more: [deletes] })

    test('[UP11] [M12] a message carries ready files of its sender, each once, with links that are signed again', async (t) => {
      await using world = await worldWith()
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

    test('[UP5] [UP7] whoever may not read the room reads no file of it: callers, states and paths', async (t) => {
      await using world = await worldWith()
      const door = await openDoor(t, world)
      const [ann, member, removed, banned] = [
        await account(world, 'Ann'),
        await account(world, 'Member'),
        await account(world, 'Removed'),
        await account(world, 'Banned'),
      ]
      const stranger = await account(world, 'Stranger')
      const photo = await imageWithPlace({ width: 400 })
      const { id, path } = await roomOf(world, ann, { guest: [member, removed, banned] }, { is_private: true })
      const other = await createRoom(world, stranger, { is_private: true })
      const [sent, theirs] = [await door.sends(removed, photo), await door.sends(stranger, photo)]
      const { body: message } = await say(world, removed, id, { file_ids: [sent.id] })
      const { body: elsewhere } = await say(world, stranger, other.id, { file_ids: [theirs.id] })
      await ann.does('DELETE', `${path}/members/${removed.id}`)
      await ann.does('DELETE', `${path}/members/${banned.id}`, { ban: true })

      const linkIn = (url: string) => url.slice(url.indexOf('?'))
      const link = linkIn(message.files[0].url)
      const callers: Record<string, { by?: typeof ann; query?: string }> = {
        'a member': { by: member },
        'its uploader, who was removed': { by: removed },
        'a banned user': { by: banned },
        'a stranger': { by: stranger },
        'no login': {},
        'a link': { query: link },
        'a link of its upload': { query: linkIn(sent.url) },
        "a link to another room's file": { query: linkIn(elsewhere.files[0].url) },
        'a link with another room': { query: link.replace(`room=${id}`, `room=${other.id}`) },
        'a removed user with a link': { by: removed, query: link },
        'a member with a spent link': { by: member, query: link.replace(/until=\d+/, 'until=1') },
      }
      const paths = [`/api/files/${sent.id}`, `/api/files/${sent.id}/320`]
      const matrix = async () => {
        const found: Record<string, string> = {}
        for (const [who, { by, query = '' }] of Object.entries(callers)) {
          const asked = { by: by ? await anew(world, by) : null }
          const outcomes: string[] = []
          for (const method of ['GET', 'HEAD'])
            for (const each of paths) outcomes.push((await door.outcome(method, each + query, asked)).slice(0, 3))
          assert.equal(new Set(outcomes).size, 1, `${who}: ${outcomes.join(', ')}`)
          found[who] = outcomes[0] ?? ''
        }
        return found
      }
      const none = Object.fromEntries(Object.keys(callers).map((who) => [who, '404']))
      const refused = {
        'its uploader, who was removed': '403',
        'a banned user': '403',
        'a stranger': '403',
        'no login': '401',
        'a link of its upload': '404',
        "a link to another room's file": '401',
        'a link with another room': '401',
        'a removed user with a link': '403',
      }
      const open = { 'a member': '200', 'a link': '200', 'a member with a spent link': '200' }
      assert.deepEqual(await matrix(), { ...open, ...refused })
      for (const by of [ann, member, removed, stranger]) {
        assert.equal(
          (await by.call('DELETE', `/api/files/${sent.id}`)).body.code,
          by === removed ? 'conflict' : 'not_found',
        )
        assert.equal(
          await door.outcome('GET', `/api/uploads/${sent.id}`, { by }),
          by === removed ? '200' : '404 not_found',
        )
      }
      world.advance(26 * hour)
      assert.deepEqual(await matrix(), { ...open, ...refused, 'a link': '401', 'a link of its upload': '401' })

      await redact(world, id, message.seq)
      const gone = { "a link to another room's file": '401', 'a link with another room': '401' }
      assert.deepEqual(await matrix(), { ...none, ...gone, 'a link': '401', 'a link of its upload': '401' })
    })

    test('[UP7] a message, a room and an account take their files with them, and the sweep their bytes', async (t) => {
      await using world = await worldWith()
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
      await using world = await worldWith()
      const door = await openDoor(t, world)
      const { blobs } = await files
      const before = (await allBlobs(blobs)).length
      let ann = await account(world, 'Ann')
      const orphan = await blobs.begin()
      await blobs.finish(orphan)
      const headers = { 'tus-resumable': '1.0.0', 'upload-length': '100' }
      const ids: string[] = []
      for (let at = 0; at < 200; at += 1)
        ids.push((await door.ask('POST', '/api/uploads', { by: ann, headers })).body.id)
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

    test('[UP3] what a server did not come to look at is looked at later', async (t) => {
      const db = await backend.open()
      const { blobs } = await files
      const { media: closed } = await openFiles(folder)
      closed.close()
      await using stack = new AsyncDisposableStack()
      const world = stack.use(
        await createWorld({ ...db, close: async () => undefined }, { files: { blobs, media: closed } }),
      )
      const door = await openDoor(t, world)
      const ann = await signIn(world, 'Ann')
      const { id: room_id } = await createRoom(world, ann)
      const photo = await imageWithPlace({ width: 400 })
      const headers = { 'upload-length': String(photo.length) }
      const { body: begun } = await door.ask('POST', '/api/uploads', { by: ann, headers })
      const part = {
        by: ann,
        headers: { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        body: photo,
      }
      assert.equal(await door.outcome('PATCH', `/api/uploads/${begun.id}`, part), '503 shutting_down')
      assert.equal((await door.ask('GET', `/api/uploads/${begun.id}`, { by: ann })).body.state, 'processing')
      assert.equal(await door.outcome('GET', `/api/files/${begun.id}`, { by: ann }), '409 file_not_ready')
      assert.equal((await say(world, ann, room_id, { file_ids: [begun.id] })).body.code, 'file_not_ready')

      await stack.disposeAsync()
      await using later = await createWorld(db, { files: await files })
      const again = await openDoor(t, later)
      later.advance(61_000)
      const look = async () => (await again.ask('GET', `/api/uploads/${begun.id}`, { by: ann })).body
      let body = await look()
      // The process that looks at it starts in its own time.
      for (let asked = 0; body.state === 'processing' && asked < 10_000; asked += 1) body = await look()
      assert.deepEqual([body.state, body.kind, body.renditions.length], ['ready', 'image', 1])
    })

    test('[UP9] a form without a declared length counts while it comes, and is refused once the quota is spent', async (t) => {
      await using world = await worldWith()
      const door = await openDoor(t, world)
      const ann = await signIn(world, 'Ann')
      await door.sends(ann, 'first')
      const query = { sql: "SELECT bytes FROM file_usage WHERE scope = 'user'", parameters: [] }
      const used = async () => Number((await world.db.all(query))[0]?.['bytes'])
      const mib = 1024 * 1024
      const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
      let seen = 0
      async function* form() {
        yield Buffer.from(head)
        for (let sent = 0; sent < 9; sent += 1) yield Buffer.alloc(mib)
        for (let looks = 0; looks < 10_000 && seen < 8 * mib; looks += 1) {
          await setImmediate()
          seen = await used()
        }
        yield Buffer.from('\r\n--b--')
      }
      const send = async () => {
        const headers = { authorization: `Bearer ${ann.token}`, 'content-type': 'multipart/form-data; boundary=b' }
        const body = ReadableStream.from(form())
        const answer = await fetch(`${door.base}/api/files`, { method: 'POST', headers, body, duplex: 'half' })
        await answer.text()
        return answer.status
      }
      assert.equal(await send(), 201)
      assert.ok(seen >= 8 * mib, `${seen} bytes counted`)
      assert.equal(await used(), 9 * mib + 5)
      const nearly = 5 * 1024 * mib - mib
      await world.db.write([{ sql: `UPDATE file_usage SET bytes = ${nearly}`, parameters: [] }])
      assert.equal(await send(), 413)
      assert.equal(await used(), nearly)
    })

    test('[UP8] [TU1] [TU2] [TU3] [TU4] resumable uploads as the protocol says', async (t) => {
      await using world = await worldWith()
      const door = await openDoor(t, world)
      const [ann, bob] = [await signIn(world, 'Ann'), await signIn(world, 'Bob')]
      const spoken = { 'tus-resumable': '1.0.0' }
      const options = await door.ask('OPTIONS', '/api/uploads')
      assert.deepEqual(
        ['tus-resumable', 'tus-version', 'tus-extension', 'tus-max-size'].map((name) => options.headers.get(name)),
        ['1.0.0', '1.0.0', 'creation,termination,expiration', String(1024 ** 3)],
      )
      const metadata = `filename ${Buffer.from('../ä.txt').toString('base64')},other,alt ${Buffer.from('A').toString('base64')}`
      const create = (length: string, more: object = {}) =>
        door.ask('POST', '/api/uploads', {
          by: ann,
          headers: { ...spoken, 'upload-length': length, 'upload-metadata': metadata, ...more },
        })
      const nowhere = { 'upload-metadata': `room_id ${Buffer.from('a\0b').toString('base64')}` }
      assert.equal((await create('10', nowhere)).status, 404)
      const { status, headers, body } = await create('10')
      const path = headers.get('location') ?? ''
      assert.deepEqual([status, path, headers.get('upload-offset')], [201, `/api/uploads/${body.id}`, '0'])
      assert.deepEqual([body.name, body.alt, body.state, body.size], ['ä.txt', 'A', 'uploading', 10])

      const type = { 'content-type': 'application/offset+octet-stream' }
      const patch = (offset: number, bytes: string, by = ann) =>
        door.ask('PATCH', path, { by, headers: { ...spoken, ...type, 'upload-offset': String(offset) }, body: bytes })
      const offset = async () =>
        (await door.ask('HEAD', path, { by: ann, headers: spoken })).headers.get('upload-offset')
      assert.equal((await patch(0, 'hello')).status, 204)
      assert.equal(await offset(), '5')
      for (const [at, bytes, code] of [
        [0, 'x', '409'],
        [6, 'x', '409'],
        [5, 'longer than declared', '413'],
      ] as const) {
        const refused = await patch(at, bytes)
        assert.deepEqual([String(refused.status), refused.headers.get('tus-resumable')], [code, '1.0.0'])
      }
      // No byte too many was stored; those within were.
      assert.equal(await offset(), '10')
      for (const by of [bob, null])
        for (const method of ['GET', 'HEAD', 'DELETE'])
          assert.match(await door.outcome(method, path, { by, headers: spoken }), by ? /^404/ : /^401/)
      assert.equal((await patch(10, '')).status, 204)
      assert.equal((await door.ask('GET', path, { by: ann })).body.state, 'ready')
      assert.equal((await door.ask('GET', `/api/files/${body.id}`, { by: ann })).text, 'hellolonge')
      assert.equal((await patch(10, '')).status, 204)

      // The server dies behind the last byte and before it looks at them: the client only asks how much has come.
      const { body: last } = await create('5')
      const [row] = await world.db.all({ sql: `SELECT blob FROM files WHERE id = '${last.id}'`, parameters: [] })
      await (await files).blobs.append(String(row?.['blob']), 0, pieces('whole'))
      // Several ask at once, and none takes it for one too many.
      const asks = [1, 2, 3].map(() => door.ask('HEAD', `/api/uploads/${last.id}`, { by: ann, headers: spoken }))
      for (const asked of await Promise.all(asks))
        assert.deepEqual([asked.status, asked.headers.get('upload-offset')], [200, '5'])
      assert.equal((await door.ask('GET', `/api/files/${last.id}`, { by: ann })).text, 'whole')

      for (const [length, code] of [
        [String(4 * 1024 ** 3), '413 too_large'],
        ['99999999999999999', '400 validation_error'],
        ['-1', '400 validation_error'],
        ['', '400 validation_error'],
      ] as const) {
        const { status: refused, body: why } = await create(length)
        assert.equal(`${refused} ${why.code}`, code, length)
      }
      assert.equal((await create('5', { 'tus-resumable': '0.2.2' })).status, 412)
      assert.equal((await create('0')).body.state, 'ready')
      const ended = (await create('5')).headers.get('location') ?? ''
      assert.equal((await door.ask('DELETE', ended, { by: ann, headers: spoken })).status, 204)
      assert.equal((await door.ask('HEAD', ended, { by: ann, headers: spoken })).status, 404)
    })
  })
}
