import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openStream } from '../harness/event-stream.ts'
import { goodCompany } from '../harness/members/good-company.ts'
import { frame, openRawWebSocket, RawConnection, upgradeRequest } from '../harness/raw-socket.ts'
import { createRoom, ok, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, JsonObject, Reply } from '../harness/wire.ts'

const polling = '/socket.io/?EIO=4&transport=polling'
const websocket = '/socket.io/?EIO=4&transport=websocket'

/** Resident memory in MiB, from the server's metrics. */
async function memory(server: Server): Promise<number> {
  const { text } = await rest(server.url, 'GET', '/metrics')
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]
  assert.ok(bytes, 'the metric is there')
  return Number(bytes) / 1024 / 1024
}

suite('floods from clients without a token', { timeout: 120_000, concurrency: 2 }, () => {
  // Factor 0.02: eight handshakes at once, then 0.8 a second; 20 connections from one address.
  test('handshakes beyond the budget are 429 with Retry-After, on polling, upgrades and streams', async () => {
    await using server = await startServer({ env: { RATE_LIMIT_FACTOR: '0.02' } })
    const { pid } = server
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) statuses.push((await rest(server.url, 'GET', polling)).status)
    assert.deepEqual([statuses[0], statuses.at(-1)], [200, 429])
    const refused = await rest<Failure>(server.url, 'GET', polling)
    assert.deepEqual([refused.status, refused.body.code, refused.body.retry], [429, 'rate_limited', 'later'])
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    using upgrade = new RawConnection(server.port)
    upgrade.write(upgradeRequest(websocket))
    assert.equal(await upgrade.status(), 429)
    await upgrade.closed
    assert.match(upgrade.received.toString(), /^Retry-After: \d+\r$/im)
    assert.match(upgrade.received.toString(), /"code":"rate_limited"/)
    const stream = await rest<Failure>(server.url, 'GET', '/api/events')
    assert.deepEqual([stream.status, stream.body.code], [429, 'rate_limited'])
    // Another address (of a proxy on loopback) has its own budget.
    const other = { 'x-forwarded-for': '198.51.100.7' }
    assert.equal((await rest(server.url, 'GET', polling, { headers: other })).status, 200)
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
    assert.equal(server.pid, pid)
  })

  test('connections beyond the cap are 503 `too_many_connections`, until one of them ends', async () => {
    await using server = await startServer({ env: { RATE_LIMIT_FACTOR: '0.01' } })
    const open: RawConnection[] = []
    try {
      let refusal = ''
      while (refusal === '') {
        const connection = new RawConnection(server.port)
        connection.write(upgradeRequest(websocket))
        const status = await connection.status()
        if (status === 101) open.push(connection)
        else {
          await connection.closed
          const said = connection.received.toString()
          if (status === 503) refusal = said
          else await wait(500)
        }
      }
      assert.equal(open.length, 10)
      assert.match(refusal, /"code":"too_many_connections"/)
      const stream = await rest<Failure>(server.url, 'GET', '/api/events')
      assert.ok([429, 503].includes(stream.status))
      assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
      open.pop()?.socket.destroy()
      let status: number | null = null
      while (status !== 101) {
        using connection = new RawConnection(server.port)
        connection.write(upgradeRequest(websocket))
        status = await connection.status()
        assert.ok(status !== 200)
        if (status !== 101) await wait(500)
      }
    } finally {
      for (const connection of open) connection[Symbol.dispose]()
    }
  })

  test('a thousand clients that never send CONNECT cost little and are closed', async () => {
    await using server = await startServer()
    using company = await goodCompany(server)
    const before = await memory(server)
    const silent = await Promise.all(
      Array.from({ length: 500 }, async () => {
        const connection = new RawConnection(server.port)
        connection.write(upgradeRequest(websocket))
        assert.equal(await connection.status(), 101)
        return connection
      }),
    )
    for (let n = 0; n < 500; n++) await rest(server.url, 'GET', polling)
    await company.goOn()
    const grown = (await memory(server)) - before
    assert.ok(grown < 100, `${grown.toFixed(0)} MiB for 1,000 connections`)
    for (const connection of silent) connection[Symbol.dispose]()
    await company.goOn()
  })

  test('incomplete messages of many connections stay within the memory limit', async () => {
    await using server = await startServer()
    using company = await goodCompany(server)
    const before = await memory(server)
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => openRawWebSocket(server.port, { namespace: false })),
    )
    // Each sends 127 small fragments without the last one, as in the attacks on ws of 2026.
    for (const socket of sockets) {
      socket.send(frame({ payload: '4', fin: false }))
      for (let n = 0; n < 126; n++) socket.send(frame({ opcode: 0, payload: 'x', fin: false }))
    }
    // The same with attachments of a packet, as in the attacks on the parser.
    const others = await Promise.all(Array.from({ length: 20 }, () => openRawWebSocket(server.port)))
    for (const socket of others) {
      socket.sendText('4510-["message",{"_placeholder":true,"num":0}]')
      for (let n = 0; n < 9; n++) socket.send(frame({ opcode: 2, payload: Buffer.alloc(100_000) }))
    }
    await company.goOn()
    const grown = (await memory(server)) - before
    assert.ok(grown < 100, `${grown.toFixed(0)} MiB`)
    for (const socket of [...sockets, ...others]) socket[Symbol.dispose]()
  })
})

suite('rate limits of callers', { timeout: 60_000, concurrency: 2 }, () => {
  test('messages beyond the budget are 429 over REST and `rate_limited` on sockets, until it refills', async () => {
    await using server = await startServer({ env: { RATE_LIMIT_FACTOR: '0.2' } })
    const ann = await signInGuest(server.url, 'Ann')
    const bob = await signInGuest(server.url, 'Bob')
    const body = { content: 'x' }
    let answer = await rest<Failure>(server.url, 'POST', '/api/message', { token: ann.token, body })
    for (let n = 0; answer.status === 201 && n < 100; n++)
      answer = await rest<Failure>(server.url, 'POST', '/api/message', { token: ann.token, body })
    assert.deepEqual([answer.status, answer.body.code, answer.body.retry], [429, 'rate_limited', 'later'])
    const seconds = Number(answer.headers.get('retry-after'))
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60)
    // The budget belongs to the caller: another caller is not limited, and the same one is on every door.
    assert.equal((await rest(server.url, 'POST', '/api/message', { token: bob.token, body })).status, 201)
    using client = await connect(server.url, { token: ann.token })
    const replies: Reply<JsonObject>[] = []
    for (let n = 0; n < 5; n++) replies.push(await client.request('send_message', { room_id: 'lobby', ...body }))
    const refused = replies.find((reply) => !reply.ok)
    assert.ok(refused && !refused.ok)
    assert.deepEqual([refused.code, refused.retry], ['rate_limited', 'later'])
    assert.ok(client.socket.connected)
    await wait(seconds * 1000)
    assert.equal((await rest(server.url, 'POST', '/api/message', { token: ann.token, body })).status, 201)
  })

  test('checks the rate limit after 401 and before 400', async () => {
    await using server = await startServer({ env: { RATE_LIMIT_FACTOR: '0.02' } })
    const bad = () => rest<Failure>(server.url, 'POST', '/api/message', { body: {} })
    let answer = await bad()
    assert.equal(answer.status, 400)
    for (let n = 0; answer.status === 400 && n < 50; n++) answer = await bad()
    assert.equal(answer.status, 429)
    const token = 'forged'
    assert.equal((await rest(server.url, 'POST', '/api/message', { token, body: {} })).status, 401)
    const headers = { 'content-type': 'text/plain' }
    assert.equal((await rest(server.url, 'POST', '/api/message', { body: 'x', headers })).status, 415)
  })

  test('with factor 0 nothing is limited', async () => {
    await using server = await startServer()
    const ann = await signInGuest(server.url, 'Ann')
    const { id } = await createRoom(server.url, ann)
    const answers = Array.from({ length: 300 }, () =>
      ok(server.url, 'POST', `/api/rooms/${id}/messages`, { token: ann.token, body: { content: 'x' } }),
    )
    await Promise.all(answers)
    using stream = await openStream(server.url, `/api/events?room_id=${id}`)
    assert.equal((await stream.response).statusCode, 200)
  })
})
