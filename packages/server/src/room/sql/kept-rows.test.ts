import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newRoomState } from '../log/batch.ts'
import type { RoomRow } from '../types.ts'
import { createKeptRows } from './kept-rows.ts'

const row: RoomRow = {
  ...{ num: 1, id: 'a', kind: 'chat', epoch: 'x', last_seq: 3, floor_seq: 0, profile_seq: 1 },
  ...{ member_count: 1, created_at: 0, closed_at: null },
}
const stateOf = (id: string, members = 0) =>
  newRoomState(
    id,
    { ...row, id },
    { count: 0, bytes: 0 },
    new Map(Array.from({ length: members }, (_, user) => [user, null])),
  )

test('[C6] bounds the cached rows, and drops the member rows of a room with it', () => {
  const kept = createKeptRows({ rooms: 3, rows: 10 })
  for (const id of ['a', 'b', 'c', 'd']) kept.keep(stateOf(id))
  assert.equal(kept.get('a'), undefined)
  assert.equal(kept.get('d')?.row.id, 'd')
  kept.keep(stateOf('e', 8))
  assert.deepEqual([kept.get('b'), kept.get('c'), kept.get('d')?.row.id], [undefined, undefined, 'd'])
  kept.keep(stateOf('f', 20))
  assert.equal(kept.get('f'), undefined, 'one that is too large by itself')
  kept.forget()
  assert.equal(kept.get('d'), undefined)
})

test('[C6] does not cache that a room is absent', () => {
  const kept = createKeptRows()
  kept.keep(newRoomState('a', null, { count: 0, bytes: 0 }))
  assert.equal(kept.get('a'), undefined)
})
