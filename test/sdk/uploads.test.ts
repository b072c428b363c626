import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { memoryKeep } from '../../packages/client/src/connection/storage.ts'
import { uploadFile, type UploadOptions, type UploadProgress } from '../../packages/client/src/files/files.ts'
import type { StoredFile } from '../../packages/client/src/parlor.ts'
import { ParlorError } from '../../packages/client/src/parlor.ts'
import { getFile } from '../harness/files.ts'
import { startProxy } from '../harness/proxies/proxy.ts'
import { type Client, isLive, openSdk, quickTime, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'

const mib = 1024 * 1024

suite('uploads of the SDK', { timeout: 120_000 }, () => {
  let server: Server
  before(async () => {
    server = await startServer({ env: { MAX_FILE_BYTES: String(64 * mib) } })
  })
  after(() => server[Symbol.asyncDispose]())

  const guest = async (name: string, options: Parameters<typeof openSdk>[0] = {}) => {
    const client = openSdk({ url: server.url, ...options }, { time: quickTime })
    await client.auth.guest({ name })
    return client
  }

  /** Uploads, and notes what is told meanwhile. */
  function begin(client: Client, file: Blob, { onProgress, ...options }: UploadOptions = {}) {
    const told: UploadProgress[] = []
    const hear = (progress: UploadProgress) => {
      told.push(progress)
      onProgress?.(progress)
    }
    const done = uploadFile(client, file, { ...options, onProgress: hear }, quickTime)
    done.catch(() => {})
    return { told, done }
  }

  const codeOf = (failing: Promise<unknown>): Promise<string> =>
    failing.then(
      () => 'none',
      (thrown: unknown) => (thrown instanceof ParlorError ? thrown.code : String(thrown)),
    )

  async function bytesOf(client: Client, { url }: StoredFile): Promise<Buffer> {
    const answer = await client.withToken((_, token) =>
      getFile(server.url, url, { id: '', name: '', token: token ?? '' }),
    )
    return Buffer.from(await answer.arrayBuffer())
  }

  test('[FU1] a small file is one piece, and keeps its name and what it shows', async () => {
    using ann = await guest('Ann')
    const { told, done } = begin(ann, new File(['Water, leaves'], 'té.txt'), { alt: 'Für später' })
    const file = await done
    assert.deepEqual([file.name, file.alt, file.size, file.state], ['té.txt', 'Für später', 13, 'ready'])
    assert.deepEqual(
      told.map(({ id, sent, size, error }) => [id, sent, size, error]),
      [
        [file.id, 0, 13, null],
        [file.id, 13, 13, null],
      ],
    )
    assert.equal((await begin(ann, new Blob([])).done).size, 0)
  })

  test('[FU2] after cuts an upload continues where the server stands, and arrives whole', async () => {
    await using proxy = await startProxy(server.port)
    using ann = await guest('Ann', { url: proxy.url })
    const bytes = randomBytes(6 * mib)
    const cuts = [300_000, 900_000, 2_000_000]
    void proxy.cutAfter(100_000)
    const { told, done } = begin(ann, new Blob([bytes]), {
      onProgress({ error }) {
        const next = error ? cuts.shift() : undefined
        if (next !== undefined) void proxy.cutAfter(next)
      },
    })
    const file = await done
    assert.deepEqual([cuts, proxy.cuts >= 4], [[], true])
    assert.ok(bytes.equals(await bytesOf(ann, file)))
    const positions = told.map(({ sent }) => sent)
    assert.deepEqual(
      positions,
      positions.toSorted((one, other) => one - other),
      'nothing is sent twice',
    )
  })

  test('[FU2] an upload outlives a server that is killed in the middle', async () => {
    const own = await startServer()
    await using _ = own
    using ann = openSdk({ url: own.url }, { time: quickTime })
    await ann.auth.guest({ name: 'Ann' })
    const restarts: Promise<void>[] = []
    const { told, done } = begin(ann, new Blob([randomBytes(4 * mib)]), {
      onProgress({ sent }) {
        if (sent > mib && restarts.length === 0) restarts.push(own.kill().then(() => own.start()))
      },
    })
    const file = await done
    await Promise.all(restarts)
    assert.ok(restarts.length === 1 && told.some(({ error }) => error !== null))
    assert.equal(file.size, 4 * mib)
  })

  test('[FU3] [FU5] another page continues an upload where the page before left it', async () => {
    const storage = memoryKeep()
    const bytes = randomBytes(3 * mib)
    const first = await guest('Ann', { storage })
    const begun = begin(first, new Blob([bytes]), {
      onProgress({ sent }) {
        if (sent > 0) first.close()
      },
    })
    assert.equal(await codeOf(begun.done), 'session_ended')
    const { id = null, sent = 0 } = begun.told.at(-1) ?? {}
    assert.ok(id !== null && sent > 0 && sent < bytes.length)
    using again = openSdk({ url: server.url, storage }, { time: quickTime })
    assert.equal(await codeOf(begin(again, new Blob(['shorter']), { resume: id }).done), 'another_file')
    const continued = begin(again, new Blob([bytes]), { resume: id })
    const file = await continued.done
    assert.equal(file.id, id)
    assert.ok((continued.told[0]?.sent ?? 0) >= sent, 'it goes on from there')
    assert.ok(bytes.equals(await bytesOf(again, file)))
    const anew = await begin(again, new Blob(['other']), { resume: 'forgotten' }).done
    assert.equal(anew.size, 5)
  })

  test('[FU4] an upload that is taken back is forgotten by the server', async () => {
    using ann = await guest('Ann')
    const ending = new AbortController()
    const { told, done } = begin(ann, new Blob([randomBytes(3 * mib)]), {
      signal: ending.signal,
      onProgress({ sent }) {
        if (sent > 0) ending.abort()
      },
    })
    assert.equal(await codeOf(done), 'discarded')
    const id = told[0]?.id ?? ''
    assert.equal(await codeOf(ann.call('uploads.describe', { id, alt: 'Gone' })), 'not_found')
  })

  test('[FU5] nobody else continues the upload of a user who signed out', async () => {
    using client = await guest('Ann')
    const leaving: Promise<unknown>[] = []
    const { done } = begin(client, new Blob([randomBytes(2 * mib)]), {
      onProgress({ sent }) {
        if (sent > 0 && leaving.length === 0) leaving.push(client.auth.guest({ name: 'Bob' }))
      },
    })
    assert.equal(await codeOf(done), 'session_ended')
    await Promise.all(leaving)
  })

  test('[FU2] what the server refuses for good rejects at once', async () => {
    using ann = await guest('Ann')
    assert.equal(await codeOf(begin(ann, new Blob([new Uint8Array(65 * mib)])).done), 'too_large')
    assert.equal(await codeOf(begin(ann, new Blob(['x']), { room_id: 'nowhere' }).done), 'not_found')
    // Chunks of no length: of random bytes a half would be no PNG at all, and so a file of any kind.
    const notAnImage = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(64)])
    assert.equal(await codeOf(begin(ann, new Blob([notAnImage])).done), 'unsupported_type')
  })

  test('[O7] a message that waits for its files is sent with them, after a reload too', async () => {
    const storage = memoryKeep()
    const { room_id, client_id } = await (async () => {
      using ann = await guest('Ann', { storage })
      const { id } = await ann.rooms.create({ name: 'Tea' })
      const room = ann.join(id)
      await isLive(room)
      const waiting = room.send('', { file_ids: 'later' })
      await room.send('Meanwhile').stored
      return { room_id: id, client_id: waiting.client_id }
    })()
    using again = openSdk({ url: server.url, storage }, { time: quickTime })
    const room = again.join(room_id)
    await isLive(room)
    const [, last] = room.messages.get().items
    assert.deepEqual([last?.status, last?.message.client_id], ['waiting', client_id])
    const { id } = await begin(again, new File(['Water'], 'recipe.txt'), { room_id }).done
    room.setFiles(client_id, [id])
    await until(room.messages, ({ items }) => items.every(({ status }) => status === 'sent'), 'the message')
    const stored = room.messages.get().items.map(({ message }) => [message.content, message.files?.[0]?.name])
    assert.deepEqual(stored, [
      ['Meanwhile', undefined],
      ['', 'recipe.txt'],
    ])
  })
})
