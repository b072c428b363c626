import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Ring, type View } from './ring.ts'
import type { Frame } from '../sink.ts'

type Step =
  | { do: 'append'; skip: number; size: number; moderators: boolean }
  | { do: 'skip'; by: number }
  | { do: 'trim'; back: number }
  | { do: 'release'; back: number }
  | { do: 'read'; back: number; moderator: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      skip: fc.nat(2),
      size: fc.nat(120),
      moderators: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('skip' as const), by: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trim' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), back: fc.nat(6) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('read' as const), back: fc.nat(12), moderator: fc.boolean() }),
  },
)

const member: View = { sees: ({ audience }) => audience === 'room' }
const moderator: View = { sees: () => true }
const limit = 200

/** Everything ever appended, and the seq from which on it must still be in the ring. */
type Model = { all: Frame<string>[]; end: number; floor: number }

const sizeOf = (frame: Frame<string>) => Buffer.byteLength(frame.json) + frame.event.length
const heldBy = (model: Model) => model.all.filter(({ seq }) => seq > model.floor)

function trimModel(model: Model, offered: number): void {
  for (let held = heldBy(model); held.length > 1; held = heldBy(model)) {
    const oldest = held[0]?.seq ?? 0
    if (held.reduce((sum, frame) => sum + sizeOf(frame), 0) <= limit || oldest > offered) return
    model.floor = oldest
  }
}

function take(step: Step, ring: Ring, model: Model): void {
  if (step.do === 'append') {
    model.end += 1 + step.skip
    const audience = step.moderators ? 'moderators' : 'room'
    const frame: Frame<string> = { seq: model.end, audience, event: 'e', json: 'é'.repeat(step.size) }
    model.all.push(frame)
    ring.append(frame)
  } else if (step.do === 'skip') {
    model.end += step.by
    ring.advance(model.end)
  } else if (step.do === 'trim') {
    trimModel(model, model.end - step.back)
    ring.trim(model.end - step.back)
  } else if (step.do === 'release') {
    const offered = model.end - step.back
    model.floor = heldBy(model).findLast(({ seq }) => seq <= offered)?.seq ?? model.floor
    ring.release(offered)
  } else {
    const view = step.moderator ? moderator : member
    const position = Math.max(model.floor, model.end - step.back)
    const expected = model.all.filter((frame) => frame.seq > position && view.sees(frame))
    const range = ring.range(position, view)
    assert.deepEqual(range.frames, expected)
    const text = (frames: readonly Frame[]) => frames.map(({ seq }) => seq).join()
    assert.equal(range.encoded(text), text(expected))
  }
  assert.equal(ring.end, model.end)
  assert.equal(ring.floor, model.floor)
  assert.equal(
    ring.bytes,
    heldBy(model).reduce((sum, frame) => sum + sizeOf(frame), 0),
  )
}

test('[L1] [L5] after any sequence of steps the ring equals a naive list', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const ring = new Ring(1, 0, limit)
      const model: Model = { all: [], end: 0, floor: 0 }
      for (const one of steps) take(one, ring, model)
    }),
    { numRuns: 1000 },
  )
})
