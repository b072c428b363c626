import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAttaching } from './attaching.ts'
import { noFacts } from './state.ts'
import type { FileRow } from './store.ts'

test('[UP11] a file that is attached while another message reads its row is attached once', async () => {
  const row: FileRow = {
    ...{ id: 'f', owner: 1, room_id: '', seq: null, state: 'ready', name: 'a', alt: null, size: 1, charged: 1 },
    ...{ blob: 'b', facts: JSON.stringify(noFacts), created_at: 0, changed_at: 0 },
  }
  let seq: number | null = null
  const held = Promise.withResolvers<void>()
  let reads = 0
  const { attach } = createAttaching({
    clock: { now: () => 0 },
    bounds: { roomFileQuotaBytes: 100 },
    store: {
      findAll: () => Promise.resolve([{ ...row, seq }]),
      // The second message has read its row when the first one is stored.
      async usage() {
        reads += 1
        if (reads === 2) await held.promise
        return { bytes: 0, files: 0 }
      },
    },
  })
  let stored = 0
  const send = () =>
    attach(1, 'r', ['f'], () => {
      stored += 1
      seq = stored
      return Promise.resolve()
    })
  const first = send()
  const second = send()
  await first
  held.resolve()
  await assert.rejects(second, { code: 'validation_error' })
  await assert.rejects(send(), { code: 'validation_error' })
  assert.equal(stored, 1)
})
