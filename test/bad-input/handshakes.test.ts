import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { inGoodCompany } from '../harness/members/good-company.ts'
import { RawConnection, upgradeRequest } from '../harness/raw-socket.ts'
import { type Answer, rest } from '../harness/rest.ts'
import type { JsonObject } from '../harness/wire.ts'

suite('malformed handshakes, upgrades and polling', { timeout: 120_000 }, () => {
  const here = inGoodCompany()

  const path = '/socket.io/?EIO=4&transport='
  const poll = (query = '', request: Parameters<typeof rest>[3] = {}, method = 'GET') =>
    rest<string | JsonObject>(here.server.url, method, `${path}polling${query}`, request)
  const say = (sid: string, body: string, headers?: Record<string, string>) =>
    poll(`&sid=${sid}`, { body, headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers } }, 'POST')

  async function openSession(): Promise<string> {
    const { text, status } = await poll()
    assert.equal(status, 200)
    const { sid } = JSON.parse(text.slice(1))
    return sid
  }
  /** Opens a polling session, connects to the namespace, and reads everything queued for it. */
  async function openGuest(): Promise<string> {
    const sid = await openSession()
    await say(sid, '40')
    let said = ''
    while (!said.includes('"connected"')) said += (await poll(`&sid=${sid}`)).text
    return sid
  }
  /** Asserts that the session has ended: its id is unknown. */
  async function assertOver(sid: string) {
    assert.equal((await poll(`&sid=${sid}`)).status, 400)
  }

  const handshakes: [string, string][] = [
    ['no Engine.IO version', '/socket.io/?transport=polling'],
    ['Engine.IO 3', '/socket.io/?EIO=3&transport=polling'],
    ['a version that is no number', '/socket.io/?EIO=four&transport=polling'],
    ['two versions', '/socket.io/?EIO=4&EIO=3&transport=polling'],
    ['no transport', '/socket.io/?EIO=4'],
    ['an unknown transport', `${path}carrier-pigeon`],
    ['a transport from the prototype', `${path}constructor`],
    ['WebTransport', `${path}webtransport`],
    ['websocket without an upgrade', `${path}websocket`],
    ['an unknown sid', `${path}polling&sid=unknown`],
    ['a sid from the prototype', `${path}polling&sid=__proto__`],
    ['another sid from the prototype', `${path}polling&sid=hasOwnProperty`],
    ['two sids', `${path}polling&sid=a&sid=b`],
    ['a sid of 10,000 characters', `${path}polling&sid=${'s'.repeat(10_000)}`],
    ['a query that is not encoded', `${path}polling&sid=%E0%A4%A`],
  ]
  for (const [what, target] of handshakes) {
    test(`${what} is refused`, async () => {
      const { status } = await rest(here.server.url, 'GET', target)
      assert.equal(status, 400)
    })
  }

  test('accepts only GET for a handshake', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status } = await poll('', {}, method)
      assert.ok(status >= 400 && status < 500, `${method} ${status}`)
    }
  })

  const upgrades: [string, string, Record<string, string>][] = [
    ['an unknown sid', `${path}websocket&sid=unknown`, {}],
    ['a sid from the prototype', `${path}websocket&sid=__proto__`, {}],
    ['Engine.IO 3', '/socket.io/?EIO=3&transport=websocket', {}],
    ['an unknown transport', `${path}carrier-pigeon`, {}],
    ['a foreign path', '/elsewhere', {}],
    ['a key that is too short', `${path}websocket`, { 'Sec-WebSocket-Key': 'c2hvcnQ=' }],
    ['a version from the past', `${path}websocket`, { 'Sec-WebSocket-Version': '7' }],
    ['another protocol', `${path}websocket`, { Upgrade: 'h2c' }],
    ['an origin that cannot be one', `${path}websocket`, { Origin: 'http://\u00e9vil' }],
  ]
  for (const [what, target, headers] of upgrades) {
    test(`an upgrade with ${what} is refused`, async () => {
      using connection = new RawConnection(here.server.port)
      connection.write(upgradeRequest(target, { headers }))
      const status = await connection.status()
      assert.ok(status === null || (status >= 400 && status < 500), `answered ${status}`)
    })
  }

  test('compression is not negotiated', async () => {
    using connection = new RawConnection(here.server.port)
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }
    connection.write(upgradeRequest(`${path}websocket`, { headers: offer }))
    const said = await connection.says('\r\n\r\n')
    assert.match(said, /^HTTP\/1\.1 101 /)
    assert.doesNotMatch(said, /sec-websocket-extensions/i)
  })

  test('an upgrade cut off at any byte affects no others', async () => {
    const request = upgradeRequest(`${path}websocket`)
    for (let n = 1; n < request.length; n += 7) {
      using connection = new RawConnection(here.server.port)
      connection.socket.on('connect', () => {
        connection.write(request.slice(0, n))
        connection.socket.destroy()
      })
      await connection.closed
    }
  })

  test('a session that is upgraded twice at once keeps its first connection', async () => {
    const sid = await openSession()
    const connections = [0, 1].map(() => new RawConnection(here.server.port))
    for (const connection of connections) connection.write(upgradeRequest(`${path}websocket&sid=${sid}`))
    const statuses = await Promise.all(connections.map((connection) => connection.status()))
    assert.ok(statuses.includes(101), String(statuses))
    for (const connection of connections) connection[Symbol.dispose]()
  })

  test('refuses a binary POST with an answer and ends the session', async () => {
    const sid = await openSession()
    const { status } = await say(sid, 'x', { 'content-type': 'application/octet-stream' })
    assert.equal(status, 400)
    await assertOver(sid)
  })

  test('a packet that cannot be decoded ends the polling session', async () => {
    for (const body of ['x', '49', '42[', '42{}', '451000000-["message"]']) {
      const sid = await openGuest()
      await say(sid, body)
      // Packets that were queued may still be read; then the session is unknown.
      let answer: Answer<unknown>
      do answer = await poll(`&sid=${sid}`)
      while (answer.status === 200)
      assert.equal(answer.status, 400, body)
    }
  })

  test('a polling body over 8 MiB is 413, with or without Content-Length', async () => {
    const large = `4${'x'.repeat(8 * 1024 * 1024)}`
    const told = await say(await openSession(), large)
    assert.equal(told.status, 413)
    const body = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 9; n++) controller.enqueue(new TextEncoder().encode('4'.repeat(1024 * 1024)))
        controller.close()
      },
    })
    const address = `${here.server.url}${path}polling&sid=${await openSession()}`
    const untold = await fetch(address, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'text/plain' },
    })
      .then(({ status }) => status)
      // The server may close the connection instead of reading the rest.
      .catch(() => 413)
    assert.equal(untold, 413)
  })

  test('a body of 100,000 packets is answered', async () => {
    const sid = await openGuest()
    const { status } = await say(sid, Array.from({ length: 100_000 }, () => '42["x"]').join('\u001e'))
    assert.ok([200, 400, 413].includes(status), String(status))
  })

  test('refuses two polls at once and ends the session', async () => {
    const sid = await openGuest()
    const statuses = await Promise.all([poll(`&sid=${sid}`), poll(`&sid=${sid}`)])
    assert.ok(statuses.some(({ status }) => status === 400))
  })

  test('an event before CONNECT ends the session and is not processed', async () => {
    const sid = await openSession()
    await say(sid, '421["send_message",{"room_id":"lobby","content":"too early"}]')
    await assertOver(sid)
    const { text } = await rest(here.server.url, 'GET', '/api/rooms/lobby/messages')
    assert.doesNotMatch(text, /too early/)
  })
})
