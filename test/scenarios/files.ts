import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Upload } from 'tus-js-client'
import {
  animation,
  imageWithPlace,
  metadataOf,
  pngOf,
  smallImage,
  tone,
} from '../../packages/server/src/platform/media/testing/samples.ts'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { getFile, sendFile, sentFile } from '../harness/files.ts'
import { RawConnection } from '../harness/raw-socket.ts'
import { createRoom, type Guest, ok, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'

const mib = 1024 * 1024
const codeOf = async (answer: Response) => [answer.status, JSON.parse(await answer.text()).code]

/** Files over real HTTP, with one server for all tests. */
export function filesScenario(kind: DatabaseKind): void {
  suite(`files on ${kind.name}`, { skip: kind.missing, timeout: 120_000 }, () => {
    let database: Database
    let server: Server
    let [ann, bob]: Guest[] = []
    const url = () => server.url
    const who = (guest: Guest | undefined): Guest => {
      if (!guest) throw new Error('Nobody has signed in yet')
      return guest
    }
    before(async () => {
      database = await kind.open()
      const env = {
        MAX_FILE_BYTES: String(4 * mib),
        MAX_IMAGE_PIXELS: '4000000',
        GUEST_FILE_QUOTA_BYTES: String(24 * mib),
      }
      server = await startServer({ env: { ...database.env, RATE_LIMIT_FACTOR: '0', ...env } })
      ann = await signInGuest(server.url, 'Ann')
      bob = await signInGuest(server.url, 'Bob')
    })
    after(async () => {
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    })
    /** All blobs and arrivals on the disk. */
    const stored = () =>
      readdirSync(join(server.dataDir, 'files'), { recursive: true, encoding: 'utf8' }).filter((path) =>
        /[\w-]{22}$/.test(path),
      )

    test('[UP1] [UP2] a photo is answered as it is stored: upright, without its place, with smaller copies', async () => {
      const photo = await imageWithPlace({ width: 400, height: 300, orientation: 6 })
      const file = await sentFile(url(), who(ann), photo, { name: 'IMG 1.jpg', fields: { alt: ' A hill ' } })
      assert.deepEqual(
        { ...file, id: '', url: '', size: 0, placeholder: '', renditions: [] },
        {
          ...{ id: '', url: '', name: 'IMG 1.jpg', mime_type: 'image/jpeg', kind: 'image', state: 'ready', size: 0 },
          ...{
            width: 300,
            height: 400,
            duration: null,
            waveform: null,
            placeholder: '',
            alt: 'A hill',
            renditions: [],
          },
        },
      )
      const answer = await getFile(url(), file.url)
      assert.equal(answer.headers.get('content-type'), 'image/jpeg')
      const bytes = Buffer.from(await answer.arrayBuffer())
      assert.equal(bytes.length, file.size)
      assert.equal((await metadataOf(bytes)).exif, undefined)
      const [copy] = file.renditions
      assert.equal(copy?.name, '320')
      const small = await getFile(url(), copy?.url ?? '')
      assert.deepEqual([small.status, small.headers.get('content-type')], [200, 'image/webp'])
      assert.equal((await getFile(url(), `/api/files/${file.id}/1280`, who(ann))).status, 404)
      const sound = await sentFile(url(), who(ann), tone(1))
      assert.deepEqual([sound.kind, sound['duration'], sound.mime_type], ['audio', 1, 'audio/wav'])
    })

    test('[UP2] bombs and images that cannot be cleaned are refused, and nothing of them stays', async () => {
      const before = stored().length
      const refused: [Buffer, number, string][] = [
        [pngOf(15_000, 15_000), 413, 'too_large'],
        [animation(2_000, 60), 413, 'too_large'],
        [await smallImage('tiff'), 415, 'unsupported_type'],
        [Buffer.alloc(5 * mib), 413, 'too_large'],
      ]
      for (const [bytes, status, code] of refused) {
        const answer = await sendFile(url(), who(ann), bytes)
        assert.deepEqual([answer.status, answer.body.code], [status, code])
      }
      assert.equal(stored().length, before)
    })

    test('[UP4] [UP6] pages, drawings and programs are downloads under a safe name, and run nothing', async () => {
      const names = {
        '../../etc/passwd': 'passwd',
        'C:\\x\\..\\a\u202egpj.html': 'agpj.html',

        '...': 'file',
      }
      for (const [name, clean] of Object.entries(names)) {
        const file = await sentFile(url(), who(ann), '<svg onload="alert(1)"></svg>', { name, type: 'image/svg+xml' })
        assert.deepEqual([file.name, file.kind], [clean, 'file'])
        const answer = await getFile(url(), file.url)
        const { headers } = answer
        assert.equal(headers.get('content-type'), 'application/octet-stream')
        assert.match(headers.get('content-disposition') ?? '', /^attachment; filename\*=UTF-8''[\w.%-]+$/)
        assert.equal(headers.get('content-security-policy'), "default-src 'none';sandbox")
        assert.equal(headers.get('x-content-type-options'), 'nosniff')
        assert.equal(await answer.text(), '<svg onload="alert(1)"></svg>')
      }
    })

    test('[UP5] [UP13] until it is attached only its uploader reads, changes and deletes it', async () => {
      const file = await sentFile(url(), who(ann), 'secret')
      const path = `/api/files/${file.id}`
      for (const by of [who(bob), null])
        assert.deepEqual(await codeOf(await getFile(url(), path, by)), [404, 'not_found'])
      const changed = await ok<{ name: string; alt: string }>(url(), 'PATCH', path, {
        token: who(ann).token,
        body: { name: '../b.txt', alt: 'B' },
      })
      assert.deepEqual([changed.name, changed.alt], ['b.txt', 'B'])
      for (const method of ['PATCH', 'DELETE'])
        assert.equal((await rest(url(), method, path, { token: who(bob).token })).status, 404)
      const part = await getFile(url(), path, who(ann), { range: 'bytes=1-3' })
      assert.deepEqual([part.status, await part.text()], [206, 'ecr'])
      const forged = file.url.replace(/signature=./, 'signature=_')
      assert.deepEqual(await codeOf(await getFile(url(), forged)), [401, 'token_invalid'])
      await ok(url(), 'DELETE', path, { token: who(ann).token })
      for (const by of [who(ann), null]) assert.equal((await getFile(url(), by ? path : file.url, by)).status, 404)
    })

    test('[UP12] a file for a room needs membership there', async () => {
      const room = await createRoom(url(), who(ann), { is_private: true })
      const fields = { room_id: room.id }
      assert.deepEqual((await sendFile(url(), who(bob), 'x', { fields })).body.code, 'not_a_member')
      assert.deepEqual((await sendFile(url(), who(bob), 'x', { fields: { room_id: 'none' } })).body.code, 'not_found')
      assert.equal((await sendFile(url(), who(ann), 'x', { fields })).status, 201)
      assert.equal((await sendFile(url(), who(bob), 'x', { fields: { room_id: 'lobby' } })).status, 201)
      assert.equal((await sendFile(url(), null, 'x')).status, 401)
    })

    test('[UP9] what all files of a user take together is bounded, also when they are sent at once', async () => {
      const cat = await signInGuest(url(), 'Cat')
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => sendFile(url(), cat, Buffer.alloc(4 * mib - 4_096))),
      )
      const codes = answers.map(({ body }) => body.code ?? 'ok').toSorted()
      assert.deepEqual(
        codes.filter((code) => code !== 'ok' && code !== 'quota_exceeded'),
        [],
      )
      const sent = answers.filter(({ status }) => status === 201)
      assert.ok(sent.length === 5 || sent.length === 6, `${sent.length} were taken`)
      await ok(url(), 'DELETE', `/api/files/${sent[0]?.body.id}`, { token: cat.token })
      assert.equal((await sendFile(url(), cat, Buffer.alloc(2 * mib))).status, 201)
    })

    test('[UP8] lengths that are declared too large, and bytes beyond the bound, are refused without being kept', async () => {
      const before = stored().length
      const head = [
        ...['POST /api/files HTTP/1.1', 'Host: x', `Authorization: Bearer ${who(ann).token}`],
        ...['Content-Type: multipart/form-data; boundary=b', `Content-Length: ${4 * 1024 * mib}`, '', ''],
      ]
      using connection = new RawConnection(server.port)
      connection.write(head.join('\r\n'))
      assert.equal(await connection.status(), 413)
      async function* endless() {
        yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
        for (let at = 0; at < 80; at += 1) yield Buffer.alloc(64 * 1024)
      }
      const chunked = await fetch(`${url()}/api/files`, {
        ...{ method: 'POST', duplex: 'half', body: endless() },
        headers: { authorization: `Bearer ${who(ann).token}`, 'content-type': 'multipart/form-data; boundary=b' },
      })
      assert.deepEqual(await codeOf(chunked), [413, 'too_large'])
      assert.equal(stored().length, before)
    })

    test('[TU1] [TU3] a client of others resumes where it was, though the server was killed in the middle', async () => {
      const bytes = randomBytes(3 * mib)
      const killed = Promise.withResolvers<void>()
      let kills = 0
      const path = await new Promise<string>((resolve, reject) => {
        const upload = new Upload(bytes, {
          ...{ endpoint: `${url()}/api/uploads`, chunkSize: 512 * 1024, uploadSize: bytes.length },
          headers: { authorization: `Bearer ${who(bob).token}` },
          retryDelays: Array.from({ length: 40 }, () => 250),
          metadata: { filename: 'large.bin' },
          onShouldRetry: () => true,
          onError: reject,
          onSuccess: () => resolve(new URL(upload.url ?? '').pathname),
          onChunkComplete(_size, accepted) {
            if (accepted < mib || kills > 0) return
            kills += 1
            server
              .kill()
              .then(() => server.start())
              .then(killed.resolve, killed.reject)
          },
        })
        upload.start()
      })
      await killed.promise
      assert.equal(kills, 1)
      const { body: file } = await rest<{ state: string; name: string; url: string }>(url(), 'GET', path, {
        token: who(bob).token,
      })
      assert.deepEqual([file.state, file.name], ['ready', 'large.bin'])
      const got = Buffer.from(await (await getFile(url(), file.url)).arrayBuffer())
      assert.ok(got.equals(bytes))
    })

    test('[TU3] 200 uploads that break off in the middle keep what came, and hold nothing open', async () => {
      const before = stored().length
      const cat = await signInGuest(url(), 'Cat')
      const headers = { authorization: `Bearer ${cat.token}`, 'tus-resumable': '1.0.0' }
      const breakOff = async (): Promise<string> => {
        const length = { 'upload-length': String(64 * 1024) }
        const begun = await fetch(`${url()}/api/uploads`, { method: 'POST', headers: { ...headers, ...length } })
        const path = begun.headers.get('location') ?? ''
        using connection = new RawConnection(server.port)
        const part = [
          ...[`PATCH ${path} HTTP/1.1`, 'Host: x', `Authorization: ${headers.authorization}`, 'Upload-Offset: 0'],
          ...['Content-Type: application/offset+octet-stream', `Content-Length: ${64 * 1024}`, '', 'x'.repeat(1000)],
        ]
        connection.write(part.join('\r\n'))
        const offset = async () =>
          (await fetch(url() + path, { method: 'HEAD', headers })).headers.get('upload-offset') ?? ''
        while ((await offset()) === '0') await pause(20)
        return path
      }
      const paths: string[] = []
      for (let at = 0; at < 200; at += 20)
        paths.push(...(await Promise.all(Array.from({ length: 20 }, () => breakOff()))))
      assert.equal(stored().length, before + 200)
      const held = () =>
        readdirSync(`/proc/${server.pid}/fd`).filter((fd) => {
          try {
            return readlinkSync(`/proc/${server.pid}/fd/${fd}`).includes('/arriving/')
          } catch {
            return false
          }
        }).length
      for (let looks = 0; process.platform === 'linux' && held() > 0; looks += 1) {
        assert.ok(looks < 100, `${held()} are open`)
        await pause(50)
      }
      for (const path of paths) {
        const kept = await fetch(url() + path, { method: 'HEAD', headers })
        assert.equal(kept.headers.get('upload-offset'), '1000')
        assert.equal((await fetch(url() + path, { method: 'DELETE', headers })).status, 204)
      }
      assert.equal(stored().length, before)
    })

    test('[TU3] a client of others that gives up ends its upload, and nothing of it stays', async () => {
      const before = stored().length
      const upload = await new Promise<Upload>((resolve, reject) => {
        const begun: Upload = new Upload(randomBytes(3 * mib), {
          ...{ endpoint: `${url()}/api/uploads`, chunkSize: 256 * 1024, uploadSize: 3 * mib },
          headers: { authorization: `Bearer ${who(bob).token}` },
          onError: reject,
          onChunkComplete: () => resolve(begun),
        })
        begun.start()
      })
      await upload.abort(true)
      assert.equal(stored().length, before)
    })
  })
}
