import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createViews, listenerView, memberView, moderatorView, type View } from '../../audience.ts'
import { Ring, settledRange } from './ring.ts'
import type { Frame } from '../sink.ts'

const everything = moderatorView
const roomOnly = memberView

const frame = (seq: number, json = `{"seq":${seq}}`, audience: Frame['audience'] = 'room'): Frame<string> => ({
  seq,
  audience,
  event: 'new_message',
  json,
})
const seqs = (ring: Ring, position: number, view = everything) =>
  ring.range(position, view, 'someone').frames.map(({ seq }) => seq)

test('[L1] a range has everything behind the position that the view sees, in order', () => {
  const ring = new Ring(1, 10)
  ring.append(frame(11))
  ring.append(frame(12, '{}', 'moderators'))
  ring.append(frame(14))
  ring.advance(15)
  assert.equal(ring.end, 15)
  assert.deepEqual(seqs(ring, 10), [11, 12, 14])
  assert.deepEqual(seqs(ring, 10, roomOnly), [11, 14])
  assert.deepEqual(seqs(ring, 13), [14])
  assert.deepEqual(seqs(ring, 14), [])
})

test('members at one position share one range, and its bytes are encoded once', () => {
  const ring = new Ring(1, 0)
  ring.append(frame(1))
  ring.append(frame(2))
  let made = 0
  const encode = (frames: readonly Frame[]) => {
    made += 1
    return frames.map(({ seq }) => seq).join()
  }
  assert.equal(ring.range(0, everything, 'someone').encodings(encode)[0], '1,2')
  assert.equal(ring.range(1, everything, 'someone').encodings(encode)[0], '2')
  assert.equal(ring.range(0, everything, 'someone').encodings(encode)[0], '1,2')
  assert.equal(
    ring.range(0, roomOnly, 'someone').encodings(encode)[0],
    '1,2',
    'another view that sees as much shares the bytes',
  )
  assert.equal(made, 2)
  ring.append(frame(3))
  assert.equal(ring.range(0, everything, 'someone').encodings(encode)[0], '1,2,3')
})

const encodeSeqs = (frames: readonly Frame[]) => frames.map(({ seq }) => seq).join()

test('[V5] frames that everyone sees are one range, whatever the views and the users of the readers', () => {
  const ring = new Ring(1, 0)
  ring.append(frame(1))
  ring.append(frame(2))
  const views = createViews()
  const readers = [memberView, moderatorView, views.of(false, ['fr']), views.of(true, ['fr', 'de'])]
  const ranges = readers.map((view, index) => ring.range(0, view, `user ${index}`))
  assert.equal(new Set(ranges).size, 1)
  assert.notEqual(ring.range(0, listenerView('message'), null), ranges[0], 'a listener gets another range')
  assert.equal(ring.range(0, memberView, 'user 5'), ranges[0])
})

test('[V1] [V5] a frame for one user changes the range of that user alone', () => {
  const ring = new Ring(1, 0)
  ring.append(frame(1))
  ring.append(frame(2, '{}', 'user:ann'))
  ring.append({ ...frame(3, '{}', 'moderators'), about: 'ben' })
  ring.append(frame(4, '{}', 'lang:fr'))
  ring.append(frame(5))
  const views = createViews()
  const of = (view: View, user: string | null) => ring.range(0, view, user)
  assert.equal(of(memberView, 'cid').encodings(encodeSeqs)[0], '1,5')
  assert.equal(of(memberView, 'ann').encodings(encodeSeqs)[0], '1,2,5')
  assert.equal(of(memberView, 'ben').encodings(encodeSeqs)[0], '1,3,5')
  assert.equal(of(moderatorView, 'ben').encodings(encodeSeqs)[0], '1,3,5')
  assert.equal(of(views.of(false, ['fr']), 'ann').encodings(encodeSeqs)[0], '1,2,4,5')
  assert.equal(of(views.of(true, ['fr']), 'cid').encodings(encodeSeqs)[0], '1,3,4,5')
  assert.equal(of(memberView, null).encodings(encodeSeqs)[0], '1,5')
  assert.equal(of(memberView, 'dan'), of(memberView, 'cid'), 'the others share theirs')
})

test('a range that a member holds does not change when the ring moves on', () => {
  const ring = new Ring(1, 0)
  ring.append(frame(1))
  const held = ring.range(0, everything, 'someone')
  ring.append(frame(2))
  ring.release(ring.end)
  assert.deepEqual(
    held.frames.map(({ seq }) => seq),
    [1],
  )
})

test('[L5] trim drops the oldest beyond the limit and raises the floor', () => {
  const ring = new Ring(1, 0, 100)
  for (let seq = 1; seq <= 5; seq += 1) ring.append(frame(seq, 'x'.repeat(29))) // 40 bytes each with the name
  assert.equal(ring.bytes, 200)
  assert.equal(ring.floor, 0, 'nothing is dropped before all members were offered it')
  ring.trim(ring.end)
  assert.equal(ring.bytes, 80)
  assert.equal(ring.floor, 3)
  assert.deepEqual(seqs(ring, ring.floor), [4, 5])
})

test('[L5] a single frame larger than the ring is kept alone', () => {
  const ring = new Ring(1, 0, 100)
  ring.append(frame(1))
  ring.append(frame(2, 'x'.repeat(1000)))
  ring.trim(ring.end)
  assert.equal(ring.floor, 1)
  assert.deepEqual(seqs(ring, 1), [2])
})

test('[L5] frames that came during a pass are not dropped at its end', () => {
  const ring = new Ring(1, 0, 100)
  ring.append(frame(1, 'x'.repeat(200)))
  ring.append(frame(2, 'x'.repeat(200)))
  ring.append(frame(3))
  ring.trim(1)
  assert.equal(ring.floor, 1)
  ring.release(2)
  assert.equal(ring.floor, 2)
  assert.deepEqual(seqs(ring, 2), [3])
})

test('the ring can be emptied when every member has everything', () => {
  const ring = new Ring(1, 0)
  ring.append(frame(1))
  ring.advance(3)
  ring.release(ring.end)
  assert.deepEqual([ring.bytes, ring.floor, ring.end], [0, 1, 3])
  ring.append(frame(4))
  assert.deepEqual(seqs(ring, 3), [4])
})

test('bytes counts bytes, not characters', () => {
  const ring = new Ring(1, 0)
  ring.append(frame(1, '"日本"'))
  assert.equal(ring.bytes, 8 + 'new_message'.length)
})

test('[EN3] a text with an age is encoded again when time has moved, once for all members written then', () => {
  let now = 1000
  const ring = new Ring(1, 0, 1000, { bytes: 0 }, () => now)
  ring.append(frame(1))
  ring.append({ seq: 2, audience: 'room', event: 'e', json: { head: '{"age_ms":', since: 900, tail: '}' } })
  let made = 0
  const encode = (frames: readonly Frame<string>[]) => {
    made += 1
    return frames.map(({ json }) => json).join()
  }
  const texts = () => [
    ring.range(0, everything, 'someone').encodings(encode)[0],
    ring.range(1, everything, 'someone').encodings(encode)[0],
  ]
  assert.deepEqual([texts(), texts(), made], [...twice(['{"seq":1},{"age_ms":100}', '{"age_ms":100}']), 2])
  now += 50
  assert.deepEqual([texts(), made], [['{"seq":1},{"age_ms":150}', '{"age_ms":150}'], 4])
  assert.equal(ring.range(2, everything, 'someone').encodings(encode)[0], '')
  assert.ok(ring.bytes >= Buffer.byteLength('{"seq":1}e{"age_ms":150}e'), 'its bytes count in full')
})

const twice = <T>(value: T): [T, T] => [value, value]

test('a range of one frame encodes by each function once', () => {
  const range = settledRange(0, [frame(0)])
  const upper = (frames: readonly Frame[]) => frames.map(({ event }) => event.toUpperCase())
  assert.equal(range.encodings(upper)[0], range.encodings(upper)[0])
})

test('[L9] frames that a discarded ring drops are subtracted from the sum of all rings once', () => {
  const meter = { bytes: 0 }
  const [ring, other] = [new Ring(1, 0, 1000, meter), new Ring(2, 0, 1000, meter)]
  for (const each of [ring, other]) each.append(frame(1))
  const { bytes } = other
  ring.discard()
  assert.equal(meter.bytes, bytes)
  ring.release(1)
  assert.equal(meter.bytes, bytes)
  ring.append(frame(2))
  ring.discard()
  assert.equal(meter.bytes, bytes)
})
