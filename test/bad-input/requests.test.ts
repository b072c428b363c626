import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { goodCompany, inGoodCompany } from '../harness/members/good-company.ts'
import { RawConnection } from '../harness/raw-socket.ts'
import { type Request, rest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, Message } from '../harness/wire.ts'

const mebibyte = 1024 * 1024

suite('bad requests', { timeout: 120_000 }, () => {
  const here = inGoodCompany()

  const ask = (method: string, path: string, request: Request = {}) =>
    rest<Failure & { request_id: string }>(here.server.url, method, path, request)
  const send = (request: Request) => ask('POST', '/api/message', request)

  async function assertFails(
    answer: Promise<Awaited<ReturnType<typeof ask>>>,
    status: number,
    code: string,
    text?: string,
  ) {
    const { status: got, body, headers } = await answer
    assert.deepEqual([got, body.code], [status, code], JSON.stringify(body))
    if (text) assert.equal(body.error, text)
    assert.match(body.retry, /^(never|later|resend)$/)
    assert.equal(body.request_id, headers.get('x-request-id'))
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
  }

  for (const body of ['{', '{"content":', '"text"', '[]', '1', 'null', 'undefined', "{'content':'x'}", '\u0000']) {
    test(`the body ${JSON.stringify(body)} is refused as malformed`, async () => {
      const { status, body: said } = await send({ body })
      assert.equal(status, 400)
      assert.deepEqual([said.code, said.retry], ['malformed', 'never'])
    })
  }

  test('an empty body is {}', async () => {
    const answer = await send({ body: '' })
    assert.deepEqual([answer.status, answer.body.code, answer.body.required], [400, 'missing_fields', ['content']])
  })

  test('other content types are 415', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense']) {
      const headers = { 'content-type': type }
      await assertFails(send({ body: '{"content":"x"}', headers }), 415, 'unsupported_type')
    }
  })

  test('a body over 8 MiB is 413, before authentication', async () => {
    const body = JSON.stringify({ content: 'x'.repeat(8 * mebibyte) })
    await assertFails(send({ body }), 413, 'too_large')
    await assertFails(send({ body, token: 'forged' }), 413, 'too_large')
    await assertFails(ask('POST', '/api/rooms', { body }), 413, 'too_large')
  })

  test('accepts 20,000 UTF-16 units in a message; one more is 413 on every door and the connection stays', async () => {
    const { ann, room_id, speaker } = here.company
    const fits = '€'.repeat(20_000)
    const over = `${fits}!`
    const path = `/api/rooms/${room_id}/messages`
    const sent = await rest<Message>(here.server.url, 'POST', path, { token: ann.token, body: { content: fits } })
    assert.deepEqual([sent.status, sent.body.content], [201, fits])
    await assertFails(ask('POST', path, { token: ann.token, body: { content: over } }), 413, 'too_large')
    await assertFails(send({ token: ann.token, body: { content: over } }), 413, 'too_large')
    const reply = await speaker.request<Message>('send_message', { room_id, content: over })
    assert.ok(!reply.ok)
    assert.deepEqual([reply.code, reply.retry], ['too_large', 'never'])
    assert.ok(speaker.socket.connected)
  })

  test('a message of 1 MiB over a socket is refused and the connection stays', async () => {
    using client = await connect(here.server.url, { token: here.company.ann.token })
    const reply = await client.request('send_message', { room_id: here.company.room_id, content: 'x'.repeat(mebibyte) })
    assert.equal(!reply.ok && reply.code, 'too_large')
    assert.ok(client.socket.connected)
  })

  test('a message over 128 KiB as JSON is 413', async () => {
    // Each of these units is six bytes of JSON.
    const content = '\u0001'.repeat(20_000)
    const { status } = await send({ token: here.company.ann.token, body: { content } })
    assert.ok(status === 413 || status === 201 || status === 400, String(status))
  })

  for (const content of ['a\u0000b', '\ud800', 'a\udc00', '\u202e', '😀'.repeat(10_000), '\uffff']) {
    test(`the content ${JSON.stringify(content.slice(0, 4))} is returned unchanged, or refused`, async () => {
      const sent = await rest<Message & Failure>(here.server.url, 'POST', '/api/message', { body: { content } })
      if (sent.status === 201) assert.equal(sent.body.content?.toWellFormed(), content.toWellFormed())
      else assert.deepEqual([sent.status, sent.body.code], [400, 'validation_error'])
    })
  }

  test('unknown paths are 404 and known ones 405 with `Allow`', async () => {
    await assertFails(ask('GET', '/api/nothing'), 404, 'not_found', 'Resource not found')
    await assertFails(ask('GET', `/api/rooms/${'x'.repeat(5000)}`), 404, 'not_found')
    await assertFails(ask('GET', '/api/rooms/%E0%A4%A'), 400, 'malformed')
    const { status, headers, body } = await ask('PUT', '/api/message', { body: {} })
    assert.deepEqual([status, body.code], [405, 'method_not_allowed'])
    assert.match(headers.get('allow') ?? '', /POST/)
  })

  test('a path with .. finds nothing', async () => {
    for (const path of ['/docs/../../package.json', '/docs/%2e%2e/%2e%2e/package.json', '/api/../../etc/passwd']) {
      using connection = new RawConnection(here.server.port)
      connection.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      await connection.closed
      assert.doesNotMatch(connection.received.toString(), /root:|"workspaces"/)
    }
  })

  test('broken HTTP is 400, and the answer reveals no internals', async () => {
    for (const bytes of [
      'NONSENSE\r\n\r\n',
      'GET /api/health HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
      'GET /api/health HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n',
      'POST /api/message HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'GET /api/health HTTP/1.1\r\n\r\n',
      '\u0016\u0003\u0001\u0000\u0000',
    ]) {
      using connection = new RawConnection(here.server.port)
      connection.write(bytes)
      assert.equal(await connection.status(), 400, bytes)
      assert.doesNotMatch(connection.received.toString(), /node_modules|\.ts:|HPE_/)
    }
  })

  test('headers over 16 KiB are 431, and 5,000 of them too', async () => {
    for (const headers of [
      `X-Large: ${'x'.repeat(17_000)}`,
      Array.from({ length: 5000 }, (_, n) => `X-${n}: y`).join('\r\n'),
    ]) {
      using connection = new RawConnection(here.server.port)
      connection.write(`GET /api/health HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`)
      assert.equal(await connection.status(), 431)
    }
  })

  test('[G6] answers 32 pipelined requests in order, and ends a connection with more of them in progress', async () => {
    const one = 'GET /api/live HTTP/1.1\r\nHost: a\r\n\r\n'
    const last = one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
    using connection = new RawConnection(here.server.port)
    connection.write(one.repeat(31) + last)
    await connection.closed
    assert.equal(connection.received.toString().split('HTTP/1.1 200').length, 33)
    using greedy = new RawConnection(here.server.port)
    greedy.write(one.repeat(1000))
    await greedy.closed
    assert.ok(greedy.received.toString().split('HTTP/1.1 200').length <= 33)
  })

  test('an incomplete body affects no others', async () => {
    for (let n = 0; n < 20; n++) {
      using connection = new RawConnection(here.server.port)
      connection.write(
        'POST /api/message HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"con',
      )
      connection.socket.end()
      await connection.closed
    }
  })

  test('the answer to an internal error reveals nothing about it', async () => {
    const { text } = await ask('GET', '/api/rooms/%00')
    assert.doesNotMatch(text, /sqlite|postgres|node:|\.ts|stack/i)
  })
})

test('ends requests whose headers or bodies arrive too slowly, without delaying others', {
  timeout: 60_000,
}, async () => {
  await using server = await startServer()
  using company = await goodCompany(server)
  const slow = Array.from({ length: 200 }, (_, n) => {
    const connection = new RawConnection(server.port)
    connection.write(n % 2 ? 'GET /api/health HTTP/1.1\r\nHost: a\r\n' : 'POST /api/mess')
    return connection
  })
  const trickle = setInterval(() => slow.forEach((connection) => connection.write('X-Slow: y\r\n')), 2000)
  try {
    const began = performance.now()
    await company.goOn()
    assert.ok(performance.now() - began < 2000)
    await Promise.all(slow.map(({ closed }) => closed))
  } finally {
    clearInterval(trickle)
    for (const connection of slow) connection[Symbol.dispose]()
  }
  await company.goOn()
})
