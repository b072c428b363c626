import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Ajv } from 'ajv'
import { z } from 'zod'
import { wireContracts } from '../compose/declared.ts'
import type { EntryNamedType, EventType, RecordType } from '../core/contract.ts'
import { withAge } from '../core/json.ts'
import { manualTime } from '../core/testing/manual-time.ts'
import { permit } from '../core/testing/read-permit.ts'
import { sampleOf } from '../core/testing/sample.ts'
import { roomEvents } from '../room/contract.ts'
import { wireOf } from '../room/encode/records.ts'
import type { Op } from '../room/types.ts'
import { said } from '../room/testing/live.ts'
import { connectTo, settle } from '../room/testing/live-client.ts'
import { asyncApiDocument } from './docs/asyncapi.ts'
import { info } from './testing/contracts.ts'
import { serveEvents } from './testing/sse.ts'

// Every event and record type of the server, and besides them one of each kind that a type may be, through every door.

const day = 86_400_000

/** Signed for a day at a time. */
const signed: EventType = {
  ...said,
  name: 'test.signed',
  wire: () => 'signed',
  wires: ['signed'],
  slot_ms: day,
  payload: z.object({ room_id: z.string(), seq: z.int(), url: z.string(), sender: z.looseObject({}) }),
  encode: ({ seq }, { room, slot, sign, actor }) =>
    `{"room_id":"${room.id}","seq":${seq},"url":"/f?sign=${sign(`${slot.until}`)}","sender":${actor}}`,
}
const of = (name: string, more: Partial<RecordType>): RecordType => ({
  name,
  v: 1,
  summary: 'A record of the tests.',
  value: z.object({ position: z.number(), since: z.number() }),
  mayFill: 'all',
  audience: 'room',
  ...more,
})
const shows: NonNullable<RecordType['shows']> = {
  schema: z.object({ age_ms: z.int().min(0), position: z.number(), by: z.string(), revision: z.int() }),
  encode({ value, seq }, { actor }) {
    const { position, since } = z.object({ position: z.number(), since: z.number() }).parse(JSON.parse(value))
    const by: unknown = JSON.parse(actor).id
    return withAge(JSON.stringify({ position, by, revision: seq }), 'age_ms', since)
  },
}
const kinds = [
  of('named', { wire: 'named_updated' }),
  of('shown', { shows }),
  of('both', { wire: 'both_updated', shows }),
]

const events = wireContracts.events.filter(
  (type): type is EventType => type.nameIn === undefined && !roomEvents.includes(type),
)
/** What has a form at all: one whose key says who sees it is for everyone here, for its keys are those of the tests. */
const toAll = (type: RecordType): RecordType =>
  typeof type.audience === 'function' ? { ...type, audience: 'room' } : type
const records = [...wireContracts.records.map(toAll), ...kinds]

type Told = { event: string; data: Record<string, unknown> }
const told = ({ event, json }: { event: string; json: string }): Told => ({ event, data: JSON.parse(json) })
const bySeq = (all: readonly Told[]) => new Map(all.map((each) => [Number(each.data['seq']), each]))

/** A room in which one of everything has happened, with what who was there heard of it, live and on a stream. */
async function roomWithEverything(t: TestContext) {
  const time = manualTime()
  const harness = { clock: time.clock, events: [...events, signed], records }
  const served = await serveEvents(t, { harness, time })
  const room = await served.createRoom('r', 'chat', 7)
  const live = connectTo(served.live, 7)
  await live.join(room)
  const stream = await served.stream('?room_id=r', { token: 'user-7' })
  const from = stream.lastId
  const commit = async (...ops: Op[]) => (await served.commit('r', 7, ops)).events
  const committed = [
    ...(await commit({ op: 'admit', user: 2, role: 'member', capacity: null })),
    ...(await commit({ op: 'role', user: 2, role: 'cohost', by: 'u7' })),
    ...(await commit({ op: 'expel', user: 2, by: 'u7' })),
  ]
  for (const type of [...events, signed]) {
    const body = sampleOf(type.body)
    committed.push(...(await commit({ op: 'append', type, body: () => body })))
  }
  for (const type of records) {
    const value = sampleOf(type.value)
    await commit({ op: 'change', type, key: 'kept', next: () => value })
    await commit({ op: 'change', type, key: 'gone', next: () => value })
    await commit({ op: 'remove', type, key: 'gone' })
  }
  await settle()
  await stream.hear(wireOf(kinds[2] ?? of('', {})), ({ deleted }) => deleted === true)
  const heard = live.heard.filter(({ seq }) => seq > 0).map(told)
  return { ...served, time, room, from, committed, heard, streamed: stream.heard.items.filter(({ id }) => id !== null) }
}

test('[EN1] live, recovery, streams, pages and replies give the same event in the same form, for every type', async (t) => {
  const { room, live, encoder, committed, heard, streamed, stream, from } = await roomWithEverything(t)
  assert.equal(committed.length, 3 + events.length + 1)
  const known = bySeq(heard)
  const onStream = bySeq(streamed)
  const joined = await connectTo(live, 7).join(room, 1, room.epoch)
  const recovered = bySeq(joined.events.map(({ event, data }) => ({ event, data: JSON.parse(data) })))
  const resumed = await stream('?room_id=r', { token: 'user-7', lastId: from })
  await resumed.hear('both_updated', ({ deleted }) => deleted === true)
  const again = bySeq(resumed.heard.items)
  for (const event of committed) {
    const one = known.get(event.seq)
    const { type, seq } = event
    assert.ok(one, type)
    const forms = { stream: onStream.get(seq), recovery: recovered.get(seq), resumed: again.get(seq) }
    for (const [door, form] of Object.entries(forms)) {
      assert.deepEqual([form?.event, form?.data], [one.event, one.data], `${type} by ${door}`)
    }
    const [page] = await encoder.items(room, [{ position: seq, event }], 'page')
    assert.ok(page)
    assert.deepEqual(told(page), one, `${type} in a page`)
    assert.deepEqual(JSON.parse(await encoder.payload(room, event)), one.data, `${type} in a reply`)
  }
})

test('[EN1] [EN3] and the same record, for every type: the value, or its own event, as old as it is when it is sent', async (t) => {
  const { room, live, encoder, engine, heard, streamed, stream, from, time } = await roomWithEverything(t)
  const onStream = bySeq(streamed)
  for (const one of heard) {
    const form = onStream.get(Number(one.data['seq']))
    assert.deepEqual([form?.event, form?.data], [one.event, one.data], `${one.event} on a stream`)
  }
  time.advance(1500)
  const later = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (name, inner: unknown) => (name === 'age_ms' ? Number(inner) + 1500 : inner))
  const resumed = await stream('?room_id=r', { token: 'user-7', lastId: from })
  await resumed.hear('both_updated', ({ deleted }) => deleted === true)
  const again = bySeq(resumed.heard.items)
  const joined = (await connectTo(live, 7).join(room, 1, room.epoch)).records
  const page = await encoder.records(room, (await engine.statePage(permit, room.num, cursorToAll)).items, 'page')
  assert.ok(page.every(({ key }) => key === 'kept'))
  assert.deepEqual(new Set(page.map(({ type }) => type.name)), new Set(records.map(({ name }) => name)))
  for (const type of records) {
    const first = heard.find(({ event, data }) => isOf(type, event, data) && data['key'] === 'kept')
    assert.ok(first, type.name)
    const [change] = later([first])
    const head = { key: 'kept', seq: change?.data['seq'] }
    const { room_id: _room, key: _key, seq: _seq, ...fields } = change?.data ?? {}
    const value = type.wire === undefined ? fields['set'] : fields
    const item = { type: type.name, ...head, value }
    const shown = [...page, ...joined].filter((each) => each.type.name === type.name && each.key === 'kept')
    assert.deepEqual(
      shown.map((each) => JSON.parse(encoder.recordItem(each))),
      [item, item],
      `${type.name} in a page and in room_joined`,
    )
    const isWhole = type.wire !== undefined || type.shows !== undefined
    const whole = isWhole ? change?.data : { ...change?.data, whole: true }
    const form = again.get(Number(head.seq))
    assert.deepEqual([form?.event, form?.data], [first.event, whole], `${type.name} on a stream that resumed`)
    const removed = heard.find(({ event, data }) => isOf(type, event, data) && data['deleted'] === true)
    const gone = again.get(Number(removed?.data['seq']))
    assert.deepEqual([gone?.event, gone?.data], [removed?.event, removed?.data], `${type.name} removed`)
    const left = joined.find((each) => each.type.name === type.name && each.key === 'gone')
    assert.ok(left)
    const { seq } = left
    assert.deepEqual(JSON.parse(encoder.recordItem(left)), { type: type.name, key: 'gone', seq, deleted: true })
  }
})

test('[EN1] and all of it is what the document says', async (t) => {
  const { room, live, encoder, heard, stream, from } = await roomWithEverything(t)
  const contracts = { ...wireContracts, events: [...wireContracts.events, signed], records }
  const document = asyncApiDocument(info, contracts)
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'document', ...document })
  const check = (path: string, data: unknown) => {
    const isValid = ajv.compile({ $ref: `document#/components/messages/${path}` })
    assert.ok(isValid(data), `${path}: ${JSON.stringify([data, isValid.errors])}`)
  }
  const nameOf = ({ event, data }: Told) => {
    const record = records.find((type) => isOf(type, event, data))
    const logged = contracts.events.find(({ wires }) => wires?.includes(event))
    return record?.name ?? logged?.name ?? assert.fail(event)
  }
  for (const one of heard) check(`out.${one.event}.${nameOf(one)}/payload`, one.data)
  const resumed = await stream('?room_id=r', { token: 'user-7', lastId: from })
  await resumed.hear('both_updated', ({ deleted }) => deleted === true)
  const changes = resumed.heard.items.filter(({ event }) => event === 'record_changed')
  const plain = changes.filter(({ data }) => data['type'] !== 'shown')
  assert.ok(plain.length > 0)
  for (const one of plain) check(`stream.record_changed.${nameOf(one)}/payload`, one.data)
  const items = (await connectTo(live, 7).join(room, 1, room.epoch)).records.map((each) =>
    JSON.parse(encoder.recordItem(each)),
  )
  check('out.room_joined/payload/properties/records', items)
})

/** Its name stands in the entry, and only streams hear it. */
const namedByEntry: EntryNamedType = {
  name: 'test.namedByEntry',
  v: 1,
  summary: 'An event of the tests.',
  body: z.object({ as: z.string(), data: z.unknown() }),
  payload: z.unknown(),
  audience: 'streams',
  retention_ms: null,
  history: false,
  nameIn: ({ body }) => z.object({ as: z.string().regex(/^[A-Z.]+$/) }).parse(JSON.parse(body)).as,
  encode: ({ body }) => JSON.stringify(z.object({ data: z.unknown() }).parse(JSON.parse(body)).data),
}

test('[V6] [UN1] an event that its entry names comes to streams under that name, live and resumed, and to no socket', async (t) => {
  const { createRoom, commit, live, stream } = await serveEvents(t, { harness: { events: [namedByEntry] } })
  const room = await createRoom('r', 'chat', 7)
  const member = connectTo(live, 7)
  await member.join(room)
  const [mine, anyone] = [await stream('?room_id=r', { token: 'user-7' }), await stream('?room_id=r')]
  const from = mine.lastId
  for (const as of ['A.B', 'broken\n', 'C']) {
    await commit('r', 7, [{ op: 'append', type: namedByEntry, body: () => ({ as, data: { for: as } }) }])
  }
  await commit('r', 7, [{ op: 'append', type: said, body: () => ({ content: 'x' }) }])
  const resumed = await stream('?room_id=r', { token: 'user-7', lastId: from })
  for (const each of [mine, anyone, resumed]) {
    await each.hear('new_message')
    const heard = each.heard.items
      .filter(({ event }) => event !== 'ready')
      .map(({ event, data }) => [event, data['for']])
    assert.deepEqual(heard, [
      ['A.B', 'A.B'],
      ['unreadable', undefined],
      ['C', 'C'],
      ['new_message', undefined],
    ])
  }
  const left = member.heard.filter(({ seq }) => seq > 0).map(({ event }) => event)
  assert.deepEqual(left, ['new_message'])
  const joined = await connectTo(live, 7).join(room, room.last_seq, room.epoch)
  assert.deepEqual(
    joined.events.map(({ event }) => event),
    ['new_message'],
  )
})

/** A cursor in front of all records: the first type's name is larger than nothing. */
const cursorToAll = Buffer.from(JSON.stringify(['', ''])).toString('base64url')

const isOf = (type: RecordType, event: string, data: Record<string, unknown>): boolean =>
  type.wire === undefined ? event === 'record_changed' && data['type'] === type.name : event === type.wire
