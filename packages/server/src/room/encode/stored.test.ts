import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { z } from 'zod'
import type { EventType, RecordType, StoredEvent, StoredRecord } from '../../core/contract.ts'
import { textAt } from '../../core/json.ts'
import type { UnreadableRow } from '../../core/stored.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createEncoder } from '../encode.ts'
import { createTestPeople } from '../testing/live.ts'

const room = { num: 1, id: 'r', kind: 'chat' }

/** At its second version `size` is what was `s`, and `by` names someone. */
const upcast: RecordType['upcast'] = ({ s, ...value }) => ({ size: s, by: 3, ...value })
const sized = z.object({ size: z.number(), by: z.int() })
const parsed = (text: string) => sized.parse(JSON.parse(text))

const record: RecordType = {
  name: 'box',
  v: 2,
  summary: 'A box.',
  value: sized,
  upcast,
  mayFill: 'all',
  audience: 'room',
}
const shown: RecordType = {
  ...record,
  shows: {
    schema: z.object({ size: z.number(), by: z.looseObject({}) }),
    people: ({ value }) => [parsed(value ?? '').by],
    encode: ({ value }, { person }) => `{"size":${parsed(value).size},"by":${person(parsed(value).by)}}`,
  },
}
const event: EventType = {
  ...{ name: 'test.boxed', v: 2, summary: 'A box was put down.', body: sized, payload: z.looseObject({}), upcast },
  ...{ wire: () => 'boxed', wires: ['boxed'], audience: 'room', retention_ms: null, history: true },
  people: ({ body }) => [parsed(body).by],
  loads: [{ name: 'notes', when: 'always' }],
  encode: ({ body }, { person, loaded }) =>
    `{"size":${parsed(body).size},"by":${person(parsed(body).by)},"notes":${loaded('notes') ?? null}}`,
}

function world(type: RecordType) {
  const unreadable: UnreadableRow[] = []
  const encoder = createEncoder({
    ...{ people: createTestPeople(), clock: manualTime().clock, sign: (text) => `signed ${text}` },
    ...{ events: [event], records: [type], unreadable: (row: UnreadableRow) => void unreadable.push(row) },
    loaders: { notes: async (_, events) => new Map(events.map((each) => [each, `"of ${each.seq}"`])) },
  })
  const items = async (...records: StoredRecord[]) =>
    (await encoder.records(room, records, 'snapshot')).map((each) => JSON.parse(encoder.recordItem(each)))
  const changes = async (...records: StoredRecord[]) => {
    const entries = records.map((each) => {
      const change = { ...each, room: 1, set: each.value ?? '{}', unset: [] }
      return { kind: 'record' as const, record: change }
    })
    return (await encoder.frames(room, entries)).map(({ json }) => JSON.parse(textAt(json, 0)))
  }
  return { encoder, unreadable, items, changes }
}

const recordOf = (key: string, v: number, value: string): StoredRecord => {
  return { type: 'box', key, seq: 4, v, value, actor: 2, at: 0 }
}

suite('rows of other releases and broken ones', () => {
  test('[EN1] [R5] an older record is shown upgraded in every form, and its change is sent whole', async () => {
    const { items, changes, unreadable } = world(record)
    const older = recordOf('a', 1, '{"s":7,"more":1}')
    const value = { size: 7, by: 3, more: 1 }
    assert.deepEqual(
      (await items(older, recordOf('b', 9, '{"size":1,"by":3,"hue":2}'))).map((item) => item.value),
      [value, { size: 1, by: 3, hue: 2 }],
    )
    const head = { room_id: 'r', type: 'box', seq: 4 }
    assert.deepEqual(await changes(older, recordOf('b', 2, '{"size":1}')), [
      { ...head, key: 'a', set: value, unset: [], whole: true },
      { ...head, key: 'b', set: { size: 1 }, unset: [] },
    ])
    assert.deepEqual(unreadable, [])
  })

  test('[EN1] [R5] the view of an older record is made of its upgraded value', async () => {
    const { items, changes } = world(shown)
    const older = recordOf('a', 1, '{"s":7}')
    const [item] = await items(older)
    const [change] = await changes(older)
    assert.deepEqual([item.value.size, item.value.by.id, change.set.by.id], [7, 'u3', 'u3'])
  })

  test('[UN2] a record that cannot be read, upgraded or shown is left out, reported, and the others are shown', async () => {
    const whole = recordOf('whole', 2, '{"size":1,"by":3}')
    const broken = ['?', '{"size":1', '[]'].map((text, index) => recordOf(`broken ${index}`, 2, text))
    const unfit = [recordOf('old', 1, '{"s":"x"}'), recordOf('new', 9, '{}')]
    for (const type of [record, shown]) {
      const { items, changes, unreadable } = world(type)
      const given = [...broken, ...unfit, whole, ...(type.shows ? [recordOf('view', 2, '{"size":"x"}')] : [])]
      assert.deepEqual(
        (await items(...given)).map(({ key }) => key),
        ['whole'],
      )
      assert.deepEqual(
        (await changes(...given)).map(({ key }) => key),
        ['whole'],
      )
      const rows = new Set(unreadable.map(({ kind, row }) => `${kind} ${row}`))
      assert.equal(rows.size, given.length - 1)
    }
  })

  test('[EN2] [SD2] what an older event needs is loaded for its upgraded body', async () => {
    const { encoder } = world(record)
    const older: StoredEvent = {
      ...{ room: 1, seq: 5, type: event.name, v: 1, actor: 1, client_id: null },
      ...{ body: '{"s":7}', at: 0 },
    }
    const made = JSON.parse(await encoder.payload(room, older))
    assert.deepEqual([made.size, made.by.id, made.notes], [7, 'u3', 'of 5'])
    const [item] = await encoder.items(room, [{ position: 5, event: older }], 'page')
    assert.deepEqual(JSON.parse(item?.json ?? ''), made)
  })
})
