import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { AppError } from '../../core/error.ts'
import { raw } from '../testing/http.ts'
import { createSocketHarness, once as hears } from '../testing/socket.ts'

/** A WebSocket that speaks for itself: what it was sent, and the code it was closed with. */
async function openRaw(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  const heard: string[] = []
  socket.on('message', (data) => heard.push(String(data)))
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('open', resolve))
  const hears = async (start: string) => {
    while (!heard.some((text) => text.startsWith(start))) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    socket,
    heard,
    closed,
    hears,
    async connected() {
      socket.send('40')
      await hears('42["connected"')
    },
  }
}

/** The process and its other clients are not affected. */
async function stillServes(door: Awaited<ReturnType<typeof createSocketHarness>>): Promise<void> {
  const client = door.client({}, { transports: ['websocket'] })
  await hears(client, 'connected')
  client.close()
}

const undecodable: [string, string | Buffer][] = [
  ['text that is no Engine.IO packet', 'x'],
  ['an empty message', ''],
  ['an Engine.IO packet of a type that is not there', '9'],
  ['a Socket.IO packet of a type that is not there', '49'],
  ['an event that is not JSON', '42["send_message",'],
  ['an event that is no array', '42{"a":1}'],
  ['an event without a name', '42[]'],
  ['bytes that belong to no event', Buffer.from('bytes')],
  ['more attachments than anyone needs', '451000-["echo",{"_placeholder":true,"num":0}]'],
  ['a negative number of attachments', '45-1-["echo"]'],
  ['an endless number of attachments', '451e9-["echo"]'],
  ['an event of another namespace', '42/admin,["echo"]'],
  ['a second CONNECT', '40'],
  ['a refusal, which only servers send', '44{"message":"no"}'],
  ['a binary ack of more attachments than anyone needs', '4611-0[]'],
  ['a binary ack that says not how many', '460[]'],
  ['the end of another namespace', '41/admin,'],
  ['a number too large for an ack id', `42${'9'.repeat(400)}["echo"]`],
]

for (const [what, sent] of undecodable) {
  test(`undecodable closes 1002: ${what}`, async () => {
    await using door = await createSocketHarness()
    const raw = await openRaw(door.port)
    await raw.connected()
    raw.socket.send(sent)
    assert.equal(await raw.closed, 1002)
    await stillServes(door)
  })
}

for (const early of ['430[]', '41', '451-["echo",{}]', '42["echo",{}]', '44{}', 'bnothing']) {
  test(`[S1] before CONNECT nothing else is taken: ${early}`, async () => {
    await using door = await createSocketHarness()
    const raw = await openRaw(door.port)
    raw.socket.send(early.startsWith('b') ? Buffer.from(early) : early)
    assert.equal(await raw.closed, 1002)
  })
}

const manyValues = `${'{},'.repeat(2_700_000)}{}`
for (const [what, packet, code] of [
  ['an event', `421["echo",${manyValues}]`, 1009],
  ['a binary event', `451-["echo",${manyValues}]`, 1009],
  ['a CONNECT packet', `40{"a":[${manyValues}]}`, 1009],
  ['a refusal', `44{"a":[${manyValues}]}`, 1002],
] as const) {
  test(`[S2] the largest frame of the smallest values is closed before it is read: ${what}`, async () => {
    await using door = await createSocketHarness()
    for (const connects of [false, true]) {
      const raw = await openRaw(door.port)
      if (connects) await raw.connected()
      const before = process.threadCpuUsage()
      for (let n = 0; n < 3; n += 1) raw.socket.send(packet)
      assert.equal(await raw.closed, connects || packet.startsWith('40') ? code : 1002)
      const { user, system } = process.threadCpuUsage(before)
      assert.ok((user + system) / 1000 < 700, `it took ${(user + system) / 1000} ms of the core`)
    }
    await stillServes(door)
  })
}

/** 16 KiB that are not counted, and so many that are. */
const beyond = (kib: number) => 'x'.repeat((16 + kib) * 1024)
/** All that the socket sent before has been read. */
const isRead = async ({ socket }: { socket: WebSocket }) => {
  socket.ping()
  await once(socket, 'pong')
}

test('[S3] unfinished frames beyond what an address may hold close 1013, and those that end are let go', async () => {
  await using door = await createSocketHarness({ addressBytes: 200 * 1024 })
  const [held, other] = [await openRaw(door.port), await openRaw(door.port)]
  await other.connected()
  held.socket.send(`4${beyond(120)}`, { fin: false })
  await isRead(held)
  for (let n = 0; n < 5; n += 1) {
    other.socket.send(`42${n}["wait",{"a":"${beyond(70)}"}]`)
    await other.hears(`43${n}[{"ok":true`)
  }
  // Pings between its fragments make no message of it.
  other.socket.send(`4${beyond(70)}`, { fin: false })
  await isRead(other)
  other.socket.send(beyond(70))
  assert.equal(await other.closed, 1013)
  held.socket.terminate()
  const isTaken = async () => {
    const next = await openRaw(door.port)
    await next.connected()
    next.socket.send(`421["wait",{"a":"${beyond(190)}"}]`)
    const heard = once(next.socket, 'message').then(() => true)
    return Promise.race([heard, next.closed.then(() => false)])
  }
  while (!(await isTaken())) await isRead(await openRaw(door.port))
})

test('[S3] the attachments of a packet count until the last has come', async () => {
  await using door = await createSocketHarness({ addressBytes: 200 * 1024 })
  const [held, other] = [await openRaw(door.port), await openRaw(door.port)]
  await held.connected()
  await other.connected()
  const event = '452-1["echo",{"data":{"_placeholder":true,"num":0},"more":{"_placeholder":true,"num":1}}]'
  for (const raw of [held, other]) raw.socket.send(event)
  held.socket.send(Buffer.from(beyond(120)))
  await isRead(held)
  other.socket.send(Buffer.alloc(40 * 1024))
  other.socket.send(Buffer.from(beyond(10)))
  await other.hears('431[{"ok":true')
  other.socket.send(event)
  other.socket.send(Buffer.from(beyond(60)))
  await isRead(other)
  held.socket.send(Buffer.from(beyond(10)))
  assert.equal(await held.closed, 1013)
})

/** Opens a polling session; answers how to send it a body, whole or only begun. */
async function openPolled(port: number) {
  const base = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1))
  const post = (body: string, isWhole = true) =>
    new Promise<number | null>((resolve) => {
      const headers = { 'content-length': Buffer.byteLength(body) + (isWhole ? 0 : 1) }
      const sent = request(`${base}&sid=${sid}`, { method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? null)
      })
      sent.on('error', () => resolve(null))
      sent.write(body)
      if (isWhole) sent.end()
    })
  return Object.assign(post, { path: `/socket.io/?EIO=4&transport=polling&sid=${sid}` })
}

test('[S3] polled bodies are counted with the frames', async () => {
  await using door = await createSocketHarness({ addressBytes: 200 * 1024 })
  const held = await openRaw(door.port)
  held.socket.send(`4${beyond(120)}`, { fin: false })
  await isRead(held)
  assert.equal(await (await openPolled(door.port))(`4${beyond(120)}`, false), 429)
  held.socket.terminate()
  const whole = `40\u001e42["wait",{"a":"${beyond(120)}"}]`
  while ((await (await openPolled(door.port))(whole)) !== 200) await new Promise((resolve) => setTimeout(resolve, 5))
})

/** Does work at once, but for one source, of which it does as much as it is told to. */
function createSteppedIntake() {
  const waiting: (() => void)[] = []
  let stepped: unknown = null
  let steps = 0
  let last: unknown = null
  const run = () => {
    for (; steps > 0 && waiting.length > 0; steps -= 1) waiting.shift()?.()
  }
  return {
    take(source: unknown, work: () => void) {
      last = source
      if (source !== stepped) return work()
      waiting.push(work)
      return run()
    },
    /** Steps through the work of the source that came last. */
    step(count: number) {
      stepped ??= last
      steps += count
      run()
    },
  }
}

test('[S9] a polled body waits until the packets of the earlier ones had their turn, and those are in-flight bytes', async () => {
  const inputQueue = createSteppedIntake()
  await using door = await createSocketHarness({ addressBytes: 200 * 1024, inputQueue })
  const [first, other] = [await openPolled(door.port), await openPolled(door.port)]
  assert.equal(await first('40'), 200)
  // The first body is read and split, and its packets wait.
  inputQueue.step(2)
  const packets = Array.from({ length: 900 }, () => '42["wait",{}]').join('\u001e')
  assert.equal(await first(packets), 200)
  let isTaken = false
  const second = first('42["wait",{}]').then((status) => {
    isTaken = true
    return status
  })
  assert.equal(await other(`4${beyond(10)}`), 429)
  assert.equal(isTaken, false)
  inputQueue.step(Number.POSITIVE_INFINITY)
  assert.equal(await second, 200)
  assert.equal(await (await openPolled(door.port))(`40\u001e42["wait",{"a":"${beyond(190)}"}]`), 200)
})

test('[G7] a polled body is split into packets in its turn, and one that breaks off ends its session', async () => {
  const inputQueue = createSteppedIntake()
  await using door = await createSocketHarness({ inputQueue })
  const post = await openPolled(door.port)
  assert.equal(await post('40'), 200)
  inputQueue.step(1)
  let isAnswered = false
  const whole = post('42["wait",{}]').then((status) => {
    isAnswered = true
    return status
  })
  await stillServes(door)
  assert.equal(isAnswered, false)
  inputQueue.step(Number.POSITIVE_INFINITY)
  assert.equal(await whole, 200)
  const [other, begun] = [await openPolled(door.port), await openPolled(door.port)]
  assert.equal(await other('40'), 200)
  await begun('40')
  const broken = connect(door.port, '127.0.0.1')
  broken.end(`POST ${begun.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n42`)
  broken.resume()
  await once(broken, 'close')
  assert.equal(await begun('42["wait",{}]'), 400)
  assert.equal(await other('42["wait",{}]'), 200)
})

test('[S2] a polled body of too many packets that arrived whole before its turn is refused once', async () => {
  await using door = await createSocketHarness({ inputQueue: { take: (_source, work) => void setImmediate(work) } })
  const base = '/socket.io/?EIO=4&transport=polling'
  const { sid } = JSON.parse((await (await fetch(`http://127.0.0.1:${door.port}${base}`)).text()).slice(1))
  const body = Array.from({ length: 1001 }, () => '3').join('\u001e')
  const head = `POST ${base}&sid=${sid} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  assert.equal((await raw(door.port, head + body)).match(/HTTP\/1\.1 413 /g)?.length, 1)
  await stillServes(door)
})

test('[S2] a polled body of more packets than allowed is refused', async () => {
  await using door = await createSocketHarness({ maxValues: 1000 })
  assert.equal(await (await openPolled(door.port))(Array.from({ length: 1001 }, () => '3').join('\u001e'), false), 413)
  await stillServes(door)
})

test('[H16] an idle WebSocket stays open longer than an idle HTTP connection', async () => {
  await using door = await createSocketHarness()
  door.server.setTimeout(100)
  const raw = await openRaw(door.port)
  await raw.connected()
  const idle = connect(door.port, '127.0.0.1')
  idle.resume()
  await once(idle, 'close')
  raw.socket.send('421["wait",{}]')
  await raw.hears('431[{"ok":true')
})

test('an event before CONNECT, and text between the attachments of a binary event, close 1002', async () => {
  await using door = await createSocketHarness()
  const early = await openRaw(door.port)
  early.socket.send('42["echo",{}]')
  assert.equal(await early.closed, 1002)
  const late = await openRaw(door.port)
  await late.connected()
  late.socket.send('451-["echo",{"data":{"_placeholder":true,"num":0}}]')
  late.socket.send('42["echo",{}]')
  assert.equal(await late.closed, 1002)
})

test('a placeholder that points nowhere is refused and breaks nothing', async () => {
  await using door = await createSocketHarness()
  for (const num of ['7', '-1', '"x"', '"constructor"', '"__proto__"']) {
    const raw = await openRaw(door.port)
    await raw.connected()
    raw.socket.send(`451-1["echo",{"data":{"_placeholder":true,"num":${num}}}]`)
    raw.socket.send(Buffer.from('bytes'))
    assert.equal(await raw.closed, 1002)
  }
  await stillServes(door)
})

test('a frame over 8 MiB, or a message in more than 128 frames, closes 1009', async () => {
  await using door = await createSocketHarness()
  const large = await openRaw(door.port)
  await large.connected()
  large.socket.send(`42["send_message","${'x'.repeat(8 * 1024 * 1024)}"]`)
  assert.equal(await large.closed, 1009)
  const fragments = await openRaw(door.port)
  await fragments.connected()
  for (let n = 0; n < 1000; n += 1) fragments.socket.send('4', { fin: false })
  assert.equal(await fragments.closed, 1009)
  await stillServes(door)
})

test('another namespace is refused by name, and the connection may still connect to /', async () => {
  await using door = await createSocketHarness()
  const raw = await openRaw(door.port)
  raw.socket.send('40/admin,{}')
  await raw.hears('44/admin,')
  assert.match(raw.heard.at(-1) ?? '', /^44\/admin,\{"message":"Invalid namespace"/)
  await raw.connected()
})

test('[S7] the third CONNECT for / that is refused closes the connection with 1002', async () => {
  await using door = await createSocketHarness()
  const raw = await openRaw(door.port)
  const refusals = () => raw.heard.filter((text) => text.startsWith('44')).length
  for (const [sent, count] of [
    ['40{"token":"forged"}', 1],
    ['40/admin,', 2],
    ['40{"token":"forged"}', 3],
    ['40{"token":"forged"}', 4],
  ] as const) {
    raw.socket.send(sent)
    while (refusals() < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.equal(await raw.closed, 1002)
  await stillServes(door)
})

for (const connectsFirst of [true, false]) {
  const when = connectsFirst ? 'after' : 'before'
  test(`[S7] namespaces that are not here are refused by name and cost nothing of /, asked for ${when} it`, async () => {
    await using door = await createSocketHarness()
    const raw = await openRaw(door.port)
    if (connectsFirst) await raw.connected()
    for (let n = 0; n < 8; n += 1) raw.socket.send(`40/space${n},`)
    if (!connectsFirst) await raw.connected()
    await raw.hears('44/space7,')
    raw.socket.send('421["wait",{}]')
    await raw.hears('431[{"ok":true')
    for (let n = 0; n < 101; n += 1) raw.socket.send('40/more,')
    assert.equal(await raw.closed, 1002)
  })
}

test('[S7] a namespace too long to be one is not sent back', async () => {
  await using door = await createSocketHarness()
  const raw = await openRaw(door.port)
  raw.socket.send(`40/${'n'.repeat(256)},`)
  assert.equal(await raw.closed, 1002)
  assert.ok(!raw.heard.some((text) => text.startsWith('44')))
})

test('unknown events are answered, and the 101st in a row closes with 1002', async () => {
  await using door = await createSocketHarness()
  const raw = await openRaw(door.port)
  await raw.connected()
  const stray = (times: number) => {
    for (let n = 0; n < times; n++) raw.socket.send(n % 2 === 0 ? '42["nothing"]' : '42["wait",{},{}]')
  }
  stray(100)
  raw.socket.send('421["wait",{}]')
  await raw.hears('431[{"ok":true')
  stray(101)
  assert.equal(await raw.closed, 1002)
  assert.equal(raw.heard.filter((text) => text.startsWith('42["error"')).length, 201)
})

test('[S1] unrequested acknowledgements are ignored with their attachments, and their number is bounded', async () => {
  await using door = await createSocketHarness()
  const raw = await openRaw(door.port)
  await raw.connected()
  for (const answer of ['430[]', '43[', '4399999999999999999999[{"a":1}]', '460-0[]', '462-7["broken'])
    raw.socket.send(answer)
  for (let n = 0; n < 2; n += 1) raw.socket.send(Buffer.alloc(100))
  raw.socket.send('421["wait",{}]')
  await raw.hears('431[{"ok":true')
  for (let n = 0; n < 9; n += 1) {
    raw.socket.send('469-1[]')
    for (let one = 0; one < 9; one += 1) raw.socket.send(Buffer.alloc(1))
  }
  raw.socket.send('422["wait",{}]')
  await raw.hears('432[{"ok":true')
  for (let n = 0; n < 101; n += 1) raw.socket.send('430[]')
  assert.equal(await raw.closed, 1002)
  const torn = await openRaw(door.port)
  await torn.connected()
  torn.socket.send('461-0[]')
  torn.socket.send('421["wait",{}]')
  assert.equal(await torn.closed, 1002)
  await stillServes(door)
})

test('[S6] after DISCONNECT the transport is there for another CONNECT, and calls before it answer nobody', async () => {
  const gate = Promise.withResolvers<void>()
  await using door = await createSocketHarness()
  door.gate.wait = gate.promise
  const raw = await openRaw(door.port)
  await raw.connected()
  const sidOf = (packet: string | undefined) => /^40\{"sid":"([^"]+)"/.exec(packet ?? '')?.[1]
  const connects = () => raw.heard.map(sidOf).filter((sid) => sid !== undefined)
  raw.socket.send('427["wait",{}]')
  raw.socket.send('41')
  raw.socket.send('40{"token":"user 9"}')
  while (connects().length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.notEqual(connects()[0], connects()[1])
  gate.resolve()
  raw.socket.send('428["wait",{}]')
  await raw.hears('438[{"ok":true')
  assert.ok(!raw.heard.some((text) => text.startsWith('437')))
  assert.match(raw.heard.findLast((text) => text.startsWith('42["connected"')) ?? '', /"id":"(u|user)?.*9"/)
  raw.socket.send('41')
  raw.socket.send('42["wait",{}]')
  assert.equal(await raw.closed, 1002, 'an event of who has left')
})

test('[S6] a client that does not connect again after DISCONNECT is dropped, and reconnecting draws on its handshakes', async () => {
  const refused = new AppError('rate_limited')
  let left = 1
  const connections = {
    admit: () => null,
    handshake: () => (left-- > 0 ? null : refused),
    opened: () => true,
    closed: () => {},
  }
  await using door = await createSocketHarness({ connectTimeout: 100, connections })
  const raw = await openRaw(door.port)
  await raw.connected()
  raw.socket.send('41')
  raw.socket.send('40')
  const count = (start: string) => raw.heard.filter((text) => text.startsWith(start)).length
  while (count('42["connected"') < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  raw.socket.send('41')
  raw.socket.send('40')
  await raw.hears('44{')
  assert.match(raw.heard.at(-1) ?? '', /rate_limited/)
  assert.equal(await raw.closed, 1002)
})

test('a client that opens a transport and never connects is dropped', async () => {
  await using door = await createSocketHarness({ connectTimeout: 50 })
  const raw = await openRaw(door.port)
  assert.equal(await raw.closed, 1002)
})

test('malformed auth is refused or ignored, and never crashes the process', async () => {
  await using door = await createSocketHarness()
  for (const auth of ['{"token":{}}', '{"token":[]}', '{"token":""}', '{"token":true}']) {
    const raw = await openRaw(door.port)
    raw.socket.send(`40${auth}`)
    await raw.hears('44')
    assert.match(raw.heard.at(-1) ?? '', /token_invalid/)
    raw.socket.close()
  }
  const guest = await openRaw(door.port)
  guest.socket.send('40{"token":null,"__proto__":{"lobby":false},"lobby":"yes"}')
  await guest.hears('42["connected"')
  const list = await openRaw(door.port)
  list.socket.send('40[1]')
  assert.equal(await list.closed, 1002)
})

const handshakes = [
  '/socket.io/',
  '/socket.io/?EIO=4',
  '/socket.io/?EIO=3&transport=polling',
  '/socket.io/?EIO=4&transport=__proto__',
  '/socket.io/?EIO=4&transport=constructor',
  '/socket.io/?EIO=4&transport=webtransport',
  '/socket.io/?EIO=4&transport=polling&sid=__proto__',
  '/socket.io/?EIO=4&transport=polling&sid=toString',
  '/socket.io/?EIO=4&transport=websocket',
  '/socket.io/?%00%ff&EIO=%F0%9F&transport=polling%',
  '/socket.io/?EIO=4&EIO=4&transport=polling&transport=websocket',
]

for (const path of handshakes) {
  test(`a bad handshake is refused, asked and as an upgrade: ${path}`, async () => {
    await using door = await createSocketHarness()
    const ask = (method: string, headers: Record<string, string>) =>
      new Promise<number | null>((resolve) => {
        const sent = request({ port: door.port, path, method, headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? null)
        })
        sent.on('upgrade', (_response, socket) => {
          socket.destroy()
          resolve(101)
        })
        sent.on('error', () => resolve(null))
        sent.end()
      })
    assert.ok([400, 403].includes((await ask('GET', {})) ?? 0))
    assert.ok([400, 403].includes((await ask('POST', { 'content-type': 'text/plain' })) ?? 0))
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-extensions': 'permessage-deflate; server_max_window_bits=99; __proto__',
    }
    const status = await ask('GET', upgrade)
    // A WebSocket handshake that is whole but for its extensions is a good one.
    if (!path.endsWith('transport=websocket')) assert.notEqual(status, 101)
    await ask('GET', { ...upgrade, 'sec-websocket-key': 'short' })
    await ask('GET', { ...upgrade, 'sec-websocket-version': '999' })
    await ask('GET', { ...upgrade, upgrade: 'h2c' })
    await stillServes(door)
  })
}

test('an upgrade elsewhere is refused', async () => {
  await using door = await createSocketHarness()
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}/elsewhere`)
  const error = await new Promise<Error>((resolve) => socket.on('error', resolve))
  assert.match(error.message, /404/)
})

test('[H7] other methods on an open polling session are 405 with Allow', async () => {
  await using door = await createSocketHarness()
  const base = `http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1))
  for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
    const { status, headers } = await fetch(`${base}&sid=${sid}`, { method })
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, POST, OPTIONS'], method)
  }
  await stillServes(door)
})

test('[H18] CONNECT is refused with an answer', async () => {
  await using door = await createSocketHarness()
  assert.match(await raw(door.port, 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400 .*"malformed"/s)
})

test('a polled body over the limit is refused with 413', async () => {
  await using door = await createSocketHarness({ maxPayload: 1000 })
  const base = `http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=polling`
  const opened = await (await fetch(base)).text()
  const { sid } = JSON.parse(opened.slice(1))
  const response = await fetch(`${base}&sid=${sid}`, { method: 'POST', body: '4'.repeat(2000) })
  assert.equal(response.status, 413)
  await stillServes(door)
})
