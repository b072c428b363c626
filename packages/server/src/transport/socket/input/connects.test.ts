import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../../core/error.ts'
import { createSocketHarness } from '../../testing/socket.ts'
import { openRaw, stillServes } from '../../testing/raw-clients.ts'

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
  for (const [sent, count] of [
    ['40{"token":"forged"}', 1],
    ['40/admin,', 2],
    ['40{"token":"forged"}', 3],
    ['40{"token":"forged"}', 4],
  ] as const) {
    raw.socket.send(sent)
    await raw.hears('44', count)
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
  await raw.hears('40{"sid":', 2)
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
  await using door = await createSocketHarness({ connectTimeout: 500, connections })
  const raw = await openRaw(door.port)
  await raw.connected()
  raw.socket.send('41')
  raw.socket.send('40')
  await raw.hears('42["connected"', 2)
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
