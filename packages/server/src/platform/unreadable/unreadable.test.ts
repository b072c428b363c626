import assert from 'node:assert/strict'
import { test } from 'node:test'
import { platformMetrics } from '../metrics/metrics.ts'
import { createUnreadableRows } from './unreadable.ts'

test('[UR1] [UR2] logs each row once, within a bound', () => {
  let now = 0
  const lines: unknown[] = []
  const counts: unknown[] = []
  const { tell, warning } = createUnreadableRows({
    clock: { monotonic: () => now },
    log: { error: (fields: unknown) => void lines.push(fields) },
    metrics: { count: (...counted: unknown[]) => void counts.push(counted) },
  })
  assert.equal(warning(), null)
  for (let time = 0; time < 3; time += 1) tell({ kind: 'event', row: 'room 1 seq 2', why: 'no JSON object' })
  assert.deepEqual(counts, [[platformMetrics.parlor_unreadable_total, { kind: 'event' }]])
  assert.deepEqual(lines, [{ kind: 'event', row: 'room 1 seq 2', why: 'no JSON object' }])
  for (let seq = 0; seq < 100; seq += 1) tell({ kind: 'record', row: `room 1 ${seq}`, why: 'x' })
  assert.deepEqual([counts.length, lines.length], [101, 20])
  now = 60_000
  tell({ kind: 'room', row: 'room 2', why: 'x' })
  assert.equal(lines.length, 21)
  assert.match(warning() ?? '', /event 1, record 100, room 1/)
})
