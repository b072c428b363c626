import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pieces } from '../../../platform/files/testing/blobs.suite.ts'
import { imageWithPlace, mp3, tone } from '../../../platform/media/testing/samples.ts'
import { createRoom, createWorld, openFiles, signIn } from '../../testing/world.ts'
import { openDoor } from './door.ts'
import { say, type UploadWorlds } from './worlds.ts'

/** Bytes on their way: forms, resumable uploads, and files that wait to be looked at. */
export function testReceiving({ backend, folder, files, openWorld }: UploadWorlds): void {
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
    await using world = await openWorld()
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

  test('[UP19] a sender says the waveform of compressed audio, and of nothing else', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    const ann = await signIn(world, 'Ann')
    const send = async (bytes: Uint8Array, waveform: unknown) => {
      const metadata = `waveform ${Buffer.from(JSON.stringify(waveform)).toString('base64')}`
      const length = { 'upload-length': String(bytes.length), 'upload-metadata': metadata }
      const { status, body } = await door.ask('POST', '/api/uploads', { by: ann, headers: length })
      if (status !== 201) return `${status} ${body.code}`
      const path = `/api/uploads/${body.id}`
      const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
      await door.ask('PATCH', path, { by: ann, headers: type, body: bytes })
      return (await door.ask('GET', path, { by: ann })).body.waveform
    }
    const peaks = Array.from({ length: 100 }, (_, n) => n / 100)
    assert.deepEqual(await send(mp3(), peaks), peaks)
    assert.notDeepEqual(await send(tone(1), peaks), peaks, 'its own is found in the bytes')
    assert.equal(await send(Buffer.from('a text'), peaks), null)
    for (const bad of [peaks.slice(1), [...peaks, 0], peaks.map(() => 1.1), peaks.map(() => '0'), 'loud', {}])
      assert.equal(await send(mp3(), bad), '400 validation_error')
  })

  test('[UP8] [TU1] [TU2] [TU3] [TU4] resumable uploads as the protocol says', async (t) => {
    await using world = await openWorld()
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
    const offset = async () => (await door.ask('HEAD', path, { by: ann, headers: spoken })).headers.get('upload-offset')
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
}
