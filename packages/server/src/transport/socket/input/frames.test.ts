import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSocketHarness } from '../../testing/socket.ts'
import { openRaw, stillServes } from '../../testing/raw-clients.ts'

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
