import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameReader } from './frame-reader.ts'

/** A frame as a server sends it; `lengthBytes` forces a longer form of the length than needed. */
function frame(opcode: number, payload: string, lengthBytes = 0): Buffer {
  const body = Buffer.from(payload)
  if (lengthBytes === 8 || body.length > 0xffff) {
    const header = Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0, 0, 0, 0, 0])
    header.writeBigUInt64BE(BigInt(body.length), 2)
    return Buffer.concat([header, body])
  }
  if (lengthBytes === 2 || body.length > 125) {
    const header = Buffer.from([0x80 | opcode, 126, 0, 0])
    header.writeUInt16BE(body.length, 2)
    return Buffer.concat([header, body])
  }
  return Buffer.concat([Buffer.from([0x80 | opcode, body.length]), body])
}

function collect(): { frames: string[]; reader: FrameReader } {
  const frames: string[] = []
  const reader = new FrameReader((opcode, bytes, start, length) => {
    frames.push(`${opcode}:${bytes.toString('utf8', start, start + length)}`)
  })
  return { frames, reader }
}

const payloads = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(300), 'e'.repeat(65_535), 'f'.repeat(65_536)]
const stream = Buffer.concat([
  ...payloads.map((payload) => frame(1, payload)),
  frame(2, 'long form of a short length', 2),
  frame(1, 'and longer', 8),
  frame(8, '\u0003\u00e8'),
])
const expected = [
  ...payloads.map((payload) => `1:${payload}`),
  '2:long form of a short length',
  '1:and longer',
  '8:\u0003\u00e8',
]

test('several frames in one chunk, with lengths of 7, 16 and 64 bits', () => {
  const { frames, reader } = collect()
  reader.push(stream, 0, stream.length)
  assert.deepEqual(frames, expected)
})

test('the same frames whatever the size of the chunks', () => {
  for (const size of [1, 2, 3, 7, 64, 127, 1000, 65_536]) {
    const { frames, reader } = collect()
    for (let at = 0; at < stream.length; at += size) reader.push(stream, at, Math.min(at + size, stream.length))
    assert.deepEqual(frames, expected, `chunks of ${size}`)
  }
})

test('a chunk may be overwritten once it was pushed: sockets share one buffer', () => {
  const { frames, reader } = collect()
  const shared = Buffer.alloc(16)
  for (let at = 0; at < stream.length; at += shared.length) {
    const length = stream.copy(shared, 0, at)
    reader.push(shared, 0, length)
    shared.fill(0xff)
  }
  assert.deepEqual(frames, expected)
})

test('bytes outside from and end are not read', () => {
  const { frames, reader } = collect()
  const inner = frame(1, 'inner')
  const padded = Buffer.concat([Buffer.from('HTTP'), inner, Buffer.from('rest')])
  reader.push(padded, 4, 4 + inner.length)
  assert.deepEqual(frames, ['1:inner'])
})

test('an incomplete frame is not reported', () => {
  const { frames, reader } = collect()
  const whole = frame(1, 'g'.repeat(200))
  reader.push(whole, 0, whole.length - 1)
  assert.deepEqual(frames, [])
  reader.push(whole, whole.length - 1, whole.length)
  assert.equal(frames.length, 1)
})
