import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { attachedBytes } from '../packages/server/src/core/contract.ts'
import { banRecord } from '../packages/server/src/features/rooms/contract-events.ts'
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
  const payload = z.object({ room_id: z.string(), audio: attachedBytes(1000) })
  const frame = { name: 'audio_frame', summary: 'A frame.', to: 'room' as const, payload, binary: 'audio' }
  const { 'events.generated.ts': events } = sdkFiles({ ...nothing, ephemerals: [frame] })
  assert.match(events ?? '', /audio_frame: \{ room_id: string; audio: Uint8Array \}/)
})
