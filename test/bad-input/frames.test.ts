import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { inGoodCompany } from '../harness/members/good-company.ts'
import { frame, openRawWebSocket, type RawWebSocket } from '../harness/raw-socket.ts'

const mebibyte = 1024 * 1024

suite('malformed WebSocket frames and packets', { timeout: 120_000 }, () => {
  const here = inGoodCompany()

  /** Asserts the close code that the server answers with. */
  async function closesWith(code: number | null, misbehave: (socket: RawWebSocket) => void) {
    using socket = await openRawWebSocket(here.server.port)
    misbehave(socket)
    assert.equal(await socket.end(), code)
  }

  const frames: [string, number, () => Buffer][] = [
    ['a reserved data opcode', 1002, () => frame({ opcode: 3, payload: 'x' })],
    ['a reserved control opcode', 1002, () => frame({ opcode: 11, payload: 'x' })],
    ['a frame that is not masked', 1002, () => frame({ payload: '2', masked: false })],
    ['RSV1 without a negotiated extension', 1002, () => frame({ payload: 'x', rsv: 4 })],
    ['RSV2 and RSV3', 1002, () => frame({ payload: 'x', rsv: 3 })],
    ['a continuation of nothing', 1002, () => frame({ opcode: 0, payload: 'x' })],
    [
      'a new message within a fragmented one',
      1002,
      () => Buffer.concat([frame({ payload: '4', fin: false }), frame({ payload: '4' })]),
    ],
    ['a fragmented ping', 1002, () => frame({ opcode: 9, payload: 'x', fin: false })],
    ['a ping of more than 125 bytes', 1002, () => frame({ opcode: 9, payload: Buffer.alloc(126) })],
    ['a close frame of one byte', 1002, () => frame({ opcode: 8, payload: 'x' })],
    ['a close code that may not be sent', 1002, () => frame({ opcode: 8, payload: Buffer.from([0x03, 0xed]) })],
    ['text that is not UTF-8', 1007, () => frame({ payload: Buffer.from([0x34, 0xc3, 0x28]) })],
    ['a length of 2⁶³', 1009, () => frame({ payload: 'x', length: 2n ** 63n })],
    ['a length of 2⁵³', 1009, () => frame({ payload: 'x', length: 2n ** 53n })],
    ['a length just over 8 MiB', 1009, () => frame({ payload: 'x', length: 8 * mebibyte + 1 })],
  ]
  for (const [what, code, bytes] of frames) {
    test(`${what} closes ${code}`, () => closesWith(code, (socket) => socket.send(bytes())))
  }

  test('1,000 fragments close 1009, with or without bytes in them', async () => {
    for (const payload of ['4', '']) {
      await closesWith(1009, (socket) => {
        socket.send(frame({ payload: '4', fin: false }))
        for (let n = 0; n < 999; n++) socket.send(frame({ opcode: 0, payload, fin: false }))
      })
    }
  })

  test('128 fragments are one message, 129 close 1009', async () => {
    const text = `421["ping",${JSON.stringify('x'.repeat(200))}]`
    const pieces = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        frame({
          opcode: n === 0 ? 1 : 0,
          payload: n < count - 1 ? text.slice(n, n + 1) : text.slice(n),
          fin: n === count - 1,
        }),
      )
    using socket = await openRawWebSocket(here.server.port)
    socket.send(Buffer.concat(pieces(128)))
    await socket.texts.until((said) => said.startsWith('431['), 'the acknowledgement')
    await closesWith(1009, (other) => other.send(Buffer.concat(pieces(129))))
  })

  test('fragments that add up to over 8 MiB close 1009', () =>
    closesWith(1009, (socket) => {
      socket.send(frame({ payload: Buffer.alloc(mebibyte, 0x34), fin: false }))
      for (let n = 0; n < 8; n++) socket.send(frame({ opcode: 0, payload: Buffer.alloc(mebibyte, 0x34), fin: false }))
    }))

  const packets: [string, string][] = [
    ['an Engine.IO type that does not exist', 'x'],
    ['a Socket.IO type that does not exist', '49'],
    ['no Socket.IO type', '4'],
    ['an event that is not JSON', '42['],
    ['an event that is no list', '42{"send_message":{}}'],
    ['an event without a name', '42[]'],
    ['an event whose name is an object', '42[{"toString":1}]'],
    ['an event whose name is null', '42[null]'],
    ['an attachment count that is no number', '45x-["message"]'],
    ['an attachment count without its end', '4511111111111'],
    ['a million attachments', '451000000-["message",{"_placeholder":true,"num":0}]'],
    ['a negative attachment count', '45-1-["message"]'],
    ['text where an attachment must come', '451-["message",{"_placeholder":true,"num":0}]\u001e'],
  ]
  for (const [what, text] of packets) {
    test(`${what} closes 1002`, () =>
      closesWith(1002, (socket) => {
        socket.sendText(text)
        // An error for a decoder that waits for an attachment; the other cases are already closed.
        socket.sendText('42["ping",{}]')
      }))
  }

  test('an unannounced attachment closes 1002', () =>
    closesWith(1002, (socket) => socket.send(frame({ opcode: 2, payload: 'x' }))))

  test('a placeholder without its attachment closes 1002', () =>
    closesWith(1002, (socket) => {
      socket.sendText('451-["message",{"_placeholder":true,"num":7}]')
      socket.send(frame({ opcode: 2, payload: 'x' }))
    }))

  test('a connection in another namespace is refused', async () => {
    using socket = await openRawWebSocket(here.server.port, { namespace: false })
    socket.sendText('40/admin,{}')
    const said = await socket.texts.until((text) => text.startsWith('44/admin,'), 'the refusal')
    assert.match(said, /"message"/)
  })

  test('names of prototypes and reserved ones are unknown events', async () => {
    using socket = await openRawWebSocket(here.server.port)
    for (const [n, name] of ['__proto__', 'constructor', 'toString', 'connect', 'disconnect'].entries()) {
      const reply = await socket.ask(n, [name, {}])
      assert.deepEqual([reply.ok, reply.code, reply.retry], [false, 'unknown_event', 'never'])
    }
    socket.sendText('42["__proto__",{}]')
    const said = await socket.texts.until((text) => text.startsWith('42["error"'), '`error`')
    const [, error] = JSON.parse(said.slice(2))
    assert.deepEqual(error, { error: 'Unknown event', code: 'unknown_event', retry: 'never', event: '__proto__' })
  })

  test('events with too many, too few and unusual arguments are answered', async () => {
    using socket = await openRawWebSocket(here.server.port)
    const lists = [['send_message'], ['send_message', null], ['send_message', 1, 2, 3], ['send_message', []]]
    for (const [n, list] of lists.entries()) {
      const reply = await socket.ask(n, list)
      assert.equal(reply.ok, false)
      assert.match(String(reply.code), /^(missing_fields|validation_error|malformed)$/)
    }
  })

  test('deeply nested values are answered or refused, and never end the process', async () => {
    using socket = await openRawWebSocket(here.server.port)
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    socket.sendText(`421["send_message",{"room_id":"${here.company.room_id}","content":${deep}}]`)
    await Promise.race([socket.texts.until((text) => text.startsWith('431['), 'an answer'), socket.end()])
  })

  test('a client that sends nothing after the upgrade, or half a frame, delays no others', async () => {
    const silent = await Promise.all(
      Array.from({ length: 50 }, () => openRawWebSocket(here.server.port, { namespace: false })),
    )
    for (const socket of silent) socket.send(frame({ payload: 'x'.repeat(1000) }).subarray(0, 20))
    await here.company.goOn()
    for (const socket of silent) socket[Symbol.dispose]()
  })
})
