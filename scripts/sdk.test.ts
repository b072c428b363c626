import assert from 'node:assert/strict'
import { test } from 'node:test'
import { banRecord } from '../packages/server/src/features/rooms/contract/events.ts'
import { intercomFeature } from '../packages/server/src/features/testing/intercom.ts'
import { type SdkSource, sdkFiles } from './sdk.ts'

const nothing: SdkSource = {
  ...{ actions: [], events: [], records: [], ephemerals: [], errors: [], bounds: {} },
  permissions: { roles: [], all: [], standIns: {}, moderatorRoles: [], targets: [], removable: {}, changeable: {} },
}

test('the event of a record type is among the events, and maps to its type', () => {
  const files = sdkFiles({ ...nothing, records: [{ ...banRecord, name: 'seat', wire: 'seat_changed' }] })
  const events = files['events.generated.ts'] ?? ''
  assert.match(events, /seat_changed: \{ room_id: string; key: string; seq: number; user: Person; .*\}/)
  assert.match(events, /\| \{ room_id: string; key: string; seq: number; deleted: true \}/)
  const records = files['records.generated.ts'] ?? ''
  assert.match(records, /recordEvents: .* = \{\n {2}seat_changed: 'seat',\n\}/)
  assert.match(records, /seat: Ban\n/)
})

test('a bound becomes a constant with a comment', () => {
  const { 'limits.generated.ts': limits } = sdkFiles({ ...nothing, bounds: { seats: { value: 8, text: 'Seats.' } } })
  assert.match(limits ?? '', /\/\*\* Seats\. \*\/\nexport const seats = 8\n/)
})

test('the attachment of a binary event is a Uint8Array', () => {
  const { ephemerals = [] } = intercomFeature
  const { 'events.generated.ts': events } = sdkFiles({ ...nothing, ephemerals })
  assert.match(events ?? '', /spoken: \{ room_id: string; n: number; audio: Uint8Array; from: unknown \}/)
})
