import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { z } from 'zod'
import type { EventType, RecordType, StoredEvent } from '../../core/contract.ts'
import { textAt, withAge } from '../../core/json.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createEncoder } from '../encode.ts'
import { createTestPeople } from '../testing/live.ts'
import type { Loader } from './context.ts'
import { Memo } from './memo.ts'
import type { ReadKind } from './texts.ts'
import { wholeRecord } from './records.ts'

const room = { num: 1, id: 'r', kind: 'chat' }
const day = 86_400_000

const eventType = (more: Partial<EventType>): EventType => ({
  name: 'test.shared',
  v: 1,
  summary: 'Something was shared.',
  body: z.looseObject({}),
  payload: z.looseObject({}),
  wire: () => 'shared',
  wires: ['shared'],
  audience: 'room',
  retention_ms: null,
  history: true,
  encode: ({ seq }) => `{"seq":${seq}}`,
  ...more,
})

const eventAt = (seq: number, body: object = {}, actor = 1): StoredEvent => ({
  ...{ room: 1, seq, type: 'test.shared', v: 1, actor, client_id: null },
  body: JSON.stringify(body),
  at: 0,
})

const itself = (event: StoredEvent) => ({ position: event.seq, event })

/** An encoder with one type of each kind that counts its calls. */
function world(given: { event?: Partial<EventType>; record?: RecordType; loaders?: Record<string, Loader> }) {
  const time = manualTime()
  const people = createTestPeople()
  let made = 0
  const type = eventType(given.event ?? {})
  const counted: EventType = {
    ...type,
    encode(...args) {
      made += 1
      return type.encode(...args)
    },
  }
  const { loaders } = given
  const encoder = createEncoder({
    ...{ people, clock: time.clock, sign: (text) => `signed ${text}`, events: [counted] },
    records: given.record ? [given.record] : [],
    ...(loaders && { loaders }),
  })
  const log = async (event: StoredEvent) => JSON.parse(await encoder.payload(room, event))
  const show = async (as: ReadKind, ...events: StoredEvent[]) =>
    (await encoder.items(room, events.map(itself), as)).map(({ json }) => JSON.parse(json))
  const page = (...events: StoredEvent[]) => show('snapshot', ...events)
  return { ...time, people, encoder, log, show, page, made: () => made }
}

suite('encoders', () => {
  test('[EN2] an event is encoded once for all doors, and again when its actor is renamed', async () => {
    const { log, page, made, people } = world({ event: { encode: (_, { actor }) => `{"by":${actor}}` } })
    const event = eventAt(5)
    const first = await log(event)
    assert.deepEqual([await log(event), await page(event), made()], [first, [first], 1])
    const { cached } = people
    people.cached = (num) => (num === 1 ? '{"id":"u1","name":"Ann"}' : cached(num))
    assert.deepEqual([await log(event), made()], [{ by: { id: 'u1', name: 'Ann' } }, 2])
  })

  test('[EN2] a link signed for a day is valid for its slot, is the same on every node, and is signed again in the next slot', async () => {
    const link: EventType['encode'] = (_, { slot, sign }) =>
      JSON.stringify({ url: `/f?until=${slot.until + day}&sign=${sign(`f ${slot.until + day}`)}` })
    const [one, other] = [
      world({ event: { encode: link, slot_ms: day } }),
      world({ event: { encode: link, slot_ms: day } }),
    ]
    const event = eventAt(5)
    const first = await one.log(event)
    one.advance(day - 1)
    assert.deepEqual([await one.log(event), await one.page(event), one.made()], [first, [first], 1])
    assert.deepEqual(await other.log(eventAt(5)), first, 'the same on another node and another read')
    one.advance(1)
    const second = await one.page(event)
    assert.notDeepEqual(second, [first])
    assert.deepEqual([await one.log(event), one.made()], [second[0], 2])
    assert.ok(Number(/until=(\d+)/.exec(first.url)?.[1]) >= one.clock.now() + day - 1, 'it is still valid for a day')
  })

  test('[EN2] data outside the log is loaded once for a page, and only a change of it encodes the event again', async () => {
    const asked: number[][] = []
    let count = 1
    const loaders: Record<string, Loader> = {
      async reactions(_, events) {
        asked.push(events.map(({ seq }) => seq))
        return new Map(events.filter(({ seq }) => seq > 1).map((event) => [event, `${count}`]))
      },
    }
    const encode: EventType['encode'] = ({ seq }, { loaded }) => `{"seq":${seq},"count":${loaded('reactions') ?? 0}}`
    const { log, page, made } = world({ event: { encode, loads: [{ name: 'reactions', when: 'page' }] }, loaders })
    const events = [eventAt(1), eventAt(2), eventAt(3)]
    const shown = [1, 2, 3].map((seq) => ({ seq, count: seq > 1 ? 1 : 0 }))
    assert.deepEqual([await page(...events), await page(...events)], [shown, shown])
    assert.deepEqual(
      [asked, made()],
      [
        [
          [1, 2, 3],
          [1, 2, 3],
        ],
        3,
      ],
    )
    count = 2
    const [one, two] = events
    assert.ok(one && two)
    assert.deepEqual(
      [await page(one, two), made()],
      [
        [
          { seq: 1, count: 0 },
          { seq: 2, count: 2 },
        ],
        4,
      ],
    )
    const told = asked.length
    assert.deepEqual([await log(eventAt(9)), asked.length], [{ seq: 9, count: 0 }, told], 'as it happens there is none')
  })

  test('[EN2] profiles of other people are loaded with those of actors, and renaming one encodes the event again', async () => {
    const { page, made, people } = world({
      event: {
        people: ({ body }) => [Number(JSON.parse(body).author)],
        encode: ({ body }, { person }) => `{"author":${person(Number(JSON.parse(body).author))}}`,
      },
    })
    const event = eventAt(5, { author: 3 })
    const [shown] = await page(event)
    assert.deepEqual([shown.author.id, await page(event), made()], ['u3', [shown], 1])
    const { cached } = people
    people.cached = (num) => (num === 3 ? '{"id":"u3","name":"Cy"}' : cached(num))
    assert.deepEqual([await page(event), made()], [[{ author: { id: 'u3', name: 'Cy' } }], 2])
  })

  test('[EN2] using an undeclared need fails with a sentence, and so does a missing loader', async () => {
    const asks: [EventType['encode'], RegExp][] = [
      [(_, { person }) => person(9), /profile of 9, which its people does not declare/],
      [(_, { slot }) => `${slot.until}`, /the time, which its slot_ms does not declare/],
      [(_, { loaded }) => `${loaded('counts')}`, /counts loads, which its loads does not declare/],
    ]
    for (const [encode, message] of asks) {
      const { log } = world({ event: { encode: (event, context) => encode(event, context) } })
      await assert.rejects(log(eventAt(5)), message)
    }
    assert.throws(() => world({ event: { loads: [{ name: 'counts', when: 'page' }] } }), /needs the loader counts/)
  })

  test('[EN2] the texts of a page or of changes that one reader asked for are not cached', async () => {
    const { show, made } = world({})
    const event = eventAt(5)
    for (const as of ['page', 'changes', 'page', 'changes'] as const)
      assert.deepEqual(await show(as, event), [{ seq: 5 }])
    assert.equal(made(), 4)
    for (let n = 0; n < 2; n += 1) await show('snapshot', event)
    assert.equal(made(), 5)
  })

  test('[EN2] the cache of texts is bounded: the older half is dropped when the younger is full', () => {
    const memo = new Memo<object, number>(100)
    const keys = Array.from({ length: 30 }, () => ({}))
    for (const [index, key] of keys.entries()) memo.set(key, index, 10)
    const kept = keys.flatMap((key) => memo.get(key) ?? [])
    assert.deepEqual(
      kept,
      Array.from({ length: 20 }, (_, index) => index + 10),
    )
  })
})

const clip: RecordType = {
  name: 'clip',
  v: 1,
  summary: 'What is played.',
  value: z.object({ position: z.number(), since: z.number() }),
  mayFill: 'all',
  audience: 'room',
  wire: 'clip_updated',
  shows: {
    schema: z.object({ age_ms: z.number(), revision: z.int(), position: z.number(), by: z.string() }),
    encode({ value, seq }, { actor }) {
      const { position, since } = z.object({ position: z.number(), since: z.number() }).parse(JSON.parse(value))
      const by: unknown = JSON.parse(actor).id
      return withAge(JSON.stringify({ revision: seq, position, by }), 'age_ms', since)
    },
  },
}

suite('records', () => {
  test('[EN1] [EN3] a record with an event of its own is the same object in every form, with its age at the time of sending', async () => {
    const { encoder, clock, advance } = world({ record: clip })
    const value = JSON.stringify({ position: 7.5, since: clock.now() })
    const stored = { type: 'clip', key: 'main', seq: 4, v: 1, value, actor: 2, at: clock.now() }
    const change = { ...stored, room: 1, set: '{"position":7.5}', unset: [] }
    advance(250)
    const [live] = await encoder.frames(room, [{ kind: 'record', record: change }])
    const [shown] = await encoder.records(room, [stored], 'snapshot')
    assert.ok(live && shown)
    const fields = { revision: 4, position: 7.5, by: 'u2' }
    const event = { room_id: 'r', key: 'main', seq: 4, age_ms: 250, ...fields }
    assert.deepEqual([live.event, JSON.parse(textAt(live.json, clock.now()))], ['clip_updated', event])
    assert.deepEqual(wholeRecord(room, shown), live)
    assert.deepEqual(JSON.parse(encoder.recordItem(shown)), {
      ...{ type: 'clip', key: 'main', seq: 4 },
      value: { age_ms: 250, ...fields },
    })
    advance(1000)
    assert.equal(JSON.parse(textAt(live.json, clock.now())).age_ms, 1250)
    assert.equal(JSON.parse(encoder.recordItem(shown)).value.age_ms, 1250)
    assert.equal(JSON.parse(textAt(live.json, 0)).age_ms, 0, 'with a clock that is behind the age is 0')
  })

  test('[EN1] a removal is sent under the same event name, and a view is never sent in parts', async () => {
    const { encoder } = world({ record: clip })
    const stored = { type: 'clip', key: 'main', seq: 4, v: 1, value: null, actor: 2, at: 0 }
    const [gone] = await encoder.frames(room, [
      { kind: 'record', record: { ...stored, room: 1, set: '{}', unset: [] } },
    ])
    assert.deepEqual(gone, {
      ...{ seq: 4, audience: 'room', event: 'clip_updated' },
      json: '{"room_id":"r","key":"main","seq":4,"deleted":true}',
    })
    const { wire: _, ...unnamed } = clip
    const { encoder: generic, clock } = world({ record: unnamed })
    const value = JSON.stringify({ position: 1, since: clock.now() })
    const record = { ...stored, value, room: 1, set: '{"position":1}', unset: ['old'] }
    const [changed] = await generic.frames(room, [{ kind: 'record', record }])
    assert.ok(changed)
    assert.deepEqual(JSON.parse(textAt(changed.json, clock.now())), {
      ...{ room_id: 'r', type: 'clip', key: 'main', seq: 4 },
      ...{ set: { age_ms: 0, revision: 4, position: 1, by: 'u2' }, unset: [], whole: true },
    })
  })

  test('[EN1] refuses a type whose event would contain a field twice', () => {
    const record: RecordType = { ...clip, shows: { schema: z.object({ key: z.string() }), encode: () => '{}' } }
    assert.throws(() => world({ record }), /clip has an event of its own, which holds key already/)
  })
})
