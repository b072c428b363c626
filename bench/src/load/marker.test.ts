import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MarkerFinder, markedContent, markerLength, nowNs, senderAt, sentNsAt, writeMarker } from './marker.ts'

function payload(seq: number, sentNs: number, sender: number): Buffer {
  const bytes = Buffer.from(`42["new_message",{"seq":${seq},"content":"${markedContent(100)}"}]`)
  writeMarker(bytes, bytes.indexOf('t='), sentNs, sender)
  return bytes
}

test('reads back a marker at the requested length', () => {
  assert.equal(markedContent(100).length, 100)
  const sentNs = nowNs()
  const bytes = payload(7, sentNs, 1999)
  const at = new MarkerFinder().find(bytes, 0, bytes.length)
  assert.equal(sentNsAt(bytes, at), sentNs)
  assert.equal(senderAt(bytes, at), 1999)
  assert.equal(bytes.toString('latin1', at, at + 2), 't=')
  assert.equal(bytes.toString('latin1', at + markerLength, at + markerLength + 1), 'x')
})

test('finds a marker at another offset, and in frames anywhere in a buffer', () => {
  const finder = new MarkerFinder()
  const frames = [9, 10, 99, 100, 7].map((seq, index) => payload(seq, 1000 + index, index))
  const all = Buffer.concat(frames)
  let start = 0
  for (const [index, frame] of frames.entries()) {
    const at = finder.find(all, start, frame.length)
    assert.equal(sentNsAt(all, at), 1000 + index)
    assert.equal(senderAt(all, at), index)
    start += frame.length
  }
})

test('a message without a marker is an error, even when the next one has it', () => {
  const bare = Buffer.from('42["new_message",{"seq":1,"content":"hello"}]')
  const both = Buffer.concat([bare, payload(2, 1, 1)])
  assert.throws(() => new MarkerFinder().find(both, 0, bare.length), /without its marker/)
})
