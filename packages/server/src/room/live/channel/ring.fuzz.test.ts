import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Audience } from '../../../core/contract.ts'
import { createViews } from '../../audience.ts'
import { Ring } from './ring.ts'
import type { Frame } from '../sink.ts'

type Step =
  | { do: 'append'; skip: number; size: number; audience: Audience; about: string | undefined }
  | { do: 'skip'; by: number }
  | { do: 'trim'; back: number }
  | { do: 'release'; back: number }
  | { do: 'read'; back: number; moderator: boolean; stream: boolean; reads: string[]; user: string | null }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      skip: fc.nat(2),
      size: fc.nat(120),
      audience: fc.constantFrom<Audience>(
        ...(['room', 'room', 'moderators', 'user:ann', 'user:ben', 'lang:fr', 'lang:de', 'streams'] as const),
      ),
      about: fc.constantFrom(undefined, undefined, 'ann'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('skip' as const), by: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trim' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), back: fc.nat(6) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      back: fc.nat(12),
      moderator: fc.boolean(),
      stream: fc.boolean(),
      reads: fc.subarray(['fr', 'de']),
      user: fc.constantFrom(null, 'ann', 'ben', 'cid'),
    }),
  },
)

const views = createViews()
const limit = 200

const isFor = (
  { audience, about }: Frame,
  { moderator, stream, reads, user }: Extract<Step, { do: 'read' }>,
): boolean =>
  audience === 'room' ||
  (audience === 'moderators' && moderator) ||
  (audience === 'streams' && stream) ||
  reads.some((language) => audience === `lang:${language}`) ||
  (user !== null && (audience === `user:${user}` || about === user))

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
    const { audience, about } = step
    const frame: Frame<string> = { seq: model.end, audience, about, event: 'e', json: 'é'.repeat(step.size) }
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
    const position = Math.max(model.floor, model.end - step.back)
    const expected = model.all.filter((frame) => frame.seq > position && isFor(frame, step))
    const range = ring.range(position, views.of(step.moderator, step.reads, step.stream), step.user)
    assert.deepEqual(range.frames, expected)
    const text = (frames: readonly Frame[]) => frames.map(({ seq }) => seq).join()
    assert.equal(range.encodings(text)[0], text(expected))
  }
  assert.equal(ring.end, model.end)
  assert.equal(ring.floor, model.floor)
  assert.equal(
    ring.bytes,
    heldBy(model).reduce((sum, frame) => sum + sizeOf(frame), 0),
  )
}

test('[L1] [L5] [V1] [V6] after any sequence of steps the ring equals a naive list', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const ring = new Ring(1, 0, limit)
      const model: Model = { all: [], end: 0, floor: 0 }
      for (const one of steps) take(one, ring, model)
    }),
    { numRuns: 1000 },
  )
})
