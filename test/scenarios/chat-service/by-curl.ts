import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { tone } from '../../../packages/server/src/platform/media/testing/samples.ts'
import { CurlStream, curl, curlJson, curlMissing } from '../../harness/curl.ts'
import { temporaryFolder } from '../../harness/server.ts'
import { type ChatStand, connected, everyFormat, Stream } from './clients.ts'

/** Bytes: MAX_INLINE_BYTES and some. */
const moreThanInline = Math.ceil(5.1 * 1024 * 1024)

/** "API Endpoints", "REST API": by curl. */
export function restByCurl(stand: () => ChatStand): void {
  const url = () => stand().server.url
  const skip = curlMissing
  /** Everyone who listens: a socket, an EventSource and `curl -N`. */
  async function listeners(...events: string[]) {
    const [client, stream] = [await connected(url()), new Stream(url(), events)]
    const curled = new CurlStream(`${url()}/api/events`)
    await Promise.all([stream.opened, curled.hear(/^event: ready$/m)])
    return {
      ...{ client, stream, curled },
      [Symbol.dispose]() {
        for (const each of [client, stream, curled]) each[Symbol.dispose]()
      },
    }
  }

  test('"GET /api/health - Returns service health status"', { skip }, async () => {
    const { status, body } = await curl([`${url()}/api/health`])
    assert.deepEqual([status, body['status'], body['service']], [200, 'healthy', 'parlor'])
    assert.match((await curl(['-I', `${url()}/api/health`])).text, /^HTTP\/1.1 200 /)
  })

  test('"POST /api/message", "New message received", "Real-time data streaming for clients"', { skip }, async () => {
    using heard = await listeners('message')
    const said = { type: 'text', content: 'Hello, café', sender: 'curl' }
    const { status, body } = await curlJson(`${url()}/api/message`, said)
    const { type, content, sender, format } = body
    assert.deepEqual([status, type, content, Object(sender).name, format], [201, 'text', 'Hello, café', 'curl', null])
    for (const hearer of [heard.client, heard.stream]) {
      assert.deepEqual(await hearer.hear('message', ({ id }) => id === body['id']), body)
    }
    const block = await heard.curled.hear(/^event: message$/m)
    assert.deepEqual(JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? ''), body)
  })

  test('"Message Types: text, image (base64), and audio (base64)", with "optional format"', { skip }, async () => {
    using heard = await listeners('message')
    for (const { type, bytes, usual, said } of await everyFormat()) {
      for (const format of said) {
        const given = { type, content: bytes.toString('base64'), sender: 'curl', ...(format ? { format } : {}) }
        const { status, body } = await curlJson(`${url()}/api/message`, given)
        assert.deepEqual([status, body['type'], body['format']], [201, type, format ?? usual])
        for (const hearer of [heard.client, heard.stream]) {
          assert.deepEqual(await hearer.hear('message', ({ id }) => id === body['id']), body)
        }
        const file = await curl([url() + String(body['url'])])
        assert.equal(file.type.split('/')[0], type)
        assert.equal(file.bytes.toString('base64'), body['content'])
      }
    }
  })

  test('"sender identifier", which is the same sender each time', { skip }, async () => {
    const send = async (more: object) =>
      Object((await curlJson(`${url()}/api/message`, { type: 'text', content: 'Hello', ...more })).body['sender'])
    const [first, again, other] = [
      await send({ sender: 'a' }),
      await send({ sender: 'a' }),
      await send({ sender: 'b' }),
    ]
    assert.deepEqual(first, again)
    assert.notEqual(first.id, other.id)
  })

  test('"Error Handling": a call that cannot be served says why', { skip }, async () => {
    const to = `${url()}/api/message`
    const wrong = [
      [400, 'missing_fields', await curlJson(to, { type: 'text', sender: 'curl' })],
      [400, 'validation_error', await curlJson(to, { type: 'dance', content: 'x' })],
      [400, 'validation_error', await curlJson(to, { type: 'image', content: 'not base64!' })],
      [415, 'unsupported_type', await curlJson(to, { type: 'image', content: tone(1).toString('base64') })],
      [
        413,
        'too_large',
        await curlJson(to, { type: 'audio', content: Buffer.alloc(moreThanInline).toString('base64') }),
      ],
      [400, 'malformed', await curl([to, '-H', 'Content-Type: application/json', '-d', '{"content": '])],
      // `-d` alone says that it sends a form.
      [415, 'unsupported_type', await curl([to, '-d', '{"content": "x"}'])],
      [400, 'validation_error', await curlJson(`${url()}/api/events/publish`, { event_type: 'a b', data: {} })],
      [404, 'not_found', await curl([`${url()}/api/messages/nothing`])],
    ] as const
    for (const [status, code, answer] of wrong) {
      assert.deepEqual([answer.status, answer.body['code']], [status, code], answer.text)
      assert.equal(typeof answer.body['error'], 'string')
    }
  })

  test('"POST /api/messages/broadcast - Broadcasts a system message to all connected clients"', { skip }, async () => {
    using heard = await listeners('broadcast')
    using other = await connected(url())
    const to = `${url()}/api/messages/broadcast`
    // "Same request body format as /api/message"
    const { status, body } = await curlJson(to, { type: 'text', content: 'Restart at noon', sender: 'ops' })
    assert.deepEqual([status, body['content'], Object(body['sender']).name], [201, 'Restart at noon', 'ops'])
    for (const hearer of [heard.client, other, heard.stream]) {
      assert.deepEqual(await hearer.hear('broadcast'), body)
    }
    await heard.curled.hear(/^event: broadcast$/m)
    for (const { type, bytes, usual } of await everyFormat()) {
      const login = `Authorization: Bearer ${stand().admin}`
      const sent = await curlJson(to, { type, content: bytes.toString('base64'), sender: 'ops' }, '-H', login)
      assert.deepEqual([sent.status, sent.body['type'], sent.body['format']], [201, type, usual])
      assert.deepEqual(await other.hear('broadcast', ({ id }) => id === sent.body['id']), sent.body)
      assert.equal((await curl([url() + String(sent.body['url'])])).type.split('/')[0], type)
    }
  })

  test('"GET /api/events - Server-Sent Events stream endpoint", "POST /api/events/publish"', { skip }, async () => {
    using heard = await listeners('order.created')
    const publish = (data: object) => curlJson(`${url()}/api/events/publish`, { event_type: 'order.created', data })
    const first = await publish({})
    assert.deepEqual([first.status, first.body['event_type']], [201, 'order.created'])
    assert.deepEqual(await heard.stream.hear('order.created'), {})
    const block = await heard.curled.hear(/^event: order.created$/m)
    const id = /^id: (.*)$/m.exec(block)?.[1] ?? ''
    heard[Symbol.dispose]()
    await publish({ n: 2, list: ['a'] })
    await stand().server.kill()
    await stand().server.start()
    await publish({ n: 3 })
    using resumed = new CurlStream('-H', `Last-Event-ID: ${id}`, `${url()}/api/events`)
    await resumed.hear(/"n":3/)
    assert.deepEqual(
      resumed.blocks.items.flatMap((text) => /^event: order\.created\n(?:id: .*\n)?(data: .*)/m.exec(text)?.[1] ?? []),
      ['data: {"n":2,"list":["a"]}', 'data: {"n":3}'],
    )
    // What is published reaches event streams.
    assert.equal(
      heard.client.heard.items.some(({ event }) => event === 'order.created'),
      false,
    )
  })

  test('"Add authentication/authorization": with a login it names the sender', { skip }, async () => {
    const login = `Authorization: Bearer ${stand().admin}`
    const { body } = await curlJson(`${url()}/api/message`, { content: 'Signed', sender: 'someone' }, '-H', login)
    assert.equal(Object(body['sender']).name, 'ops')
    const broken = await curlJson(`${url()}/api/message`, { content: 'x' }, '-H', 'Authorization: Bearer no')
    assert.deepEqual([broken.status, broken.body['code']], [401, 'token_invalid'])
  })

  test('"Configure proper CORS origins", "Prometheus", "Structured logging"', { skip }, async () => {
    const page = 'Origin: https://chat.example.org'
    const { text } = await curl(['-i', `${url()}/api/health`, '-H', page])
    assert.match(text, /^access-control-allow-origin: https:\/\/chat\.example\.org\r$/im)
    assert.match((await curl([`${url()}/metrics`])).text, /^parlor_commit_seconds_count \d+$/m)
    for (const line of stand().server.log.items) assert.equal(typeof line.msg, 'string', JSON.stringify(line))
  })

  test('what is larger than base64 may be is sent as a form, and continued when its download broke off', {
    skip,
  }, async () => {
    using heard = await listeners('message')
    await using folder = await temporaryFolder()
    const [whole, half] = [join(folder.path, 'whole.bin'), join(folder.path, 'half.bin')]
    const bytes = randomBytes(moreThanInline)
    await writeFile(whole, bytes)
    await writeFile(half, bytes.subarray(0, 1_000_000))
    const login = ['-H', `Authorization: Bearer ${stand().admin}`]
    const file = await curl([`${url()}/api/files`, ...login, '-F', `file=@${whole}`, '-F', 'alt=Dice'])
    assert.deepEqual([file.status, file.body['size'], file.body['name']], [201, bytes.length, 'whole.bin'])
    const sent = await curlJson(`${url()}/api/message`, { content: '', file_ids: [file.body['id']] }, ...login)
    assert.equal(sent.status, 201)
    const { files } = await heard.client.hear('message', ({ id }) => id === sent.body['id'])
    const [{ url: path = '', alt = '' } = {}] = Array.isArray(files) ? files : []
    assert.equal(alt, 'Dice')
    await curl(['-C', '-', '-o', half, url() + path])
    const part = await curl(['-r', '1000000-1000099', url() + path])
    assert.deepEqual([part.status, part.bytes], [206, bytes.subarray(1_000_000, 1_000_100)])
    assert.deepEqual(await readFile(half), bytes)
  })
}
