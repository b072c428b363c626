import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBacklog } from './backlog.ts'
import type { Draining } from './drain.ts'

const kib = 1024

function connection(id: string) {
  const state = { own: 0, dropped: false }
  const made: Draining = {
    id,
    owner: { user: null, profile: null, session_id: null, address: '192.0.2.1', present: false },
    closed: false,
    draining: false,
    drained: [],
    sink: {
      waiting: () => 0,
      own: () => (state.dropped ? 0 : state.own),
      write: () => {},
      emit: () => {},
      flush: () => {},
      whenDrained: () => {},
      cut: () => {},
      drop: () => void (state.dropped = true),
    },
  }
  return Object.assign(made, { state })
}

function harness(limit: number) {
  let now = 0
  const cuts: string[] = []
  const cut = (cutOne: Draining) => {
    cuts.push(cutOne.id)
    cutOne.closed = true
  }
  const backlog = createBacklog({ limit, monotonic: () => now, cut })
  const give = (to: ReturnType<typeof connection>, bytes: number) => {
    to.state.own += bytes
    backlog.added(to, bytes)
  }
  return { backlog, give, cuts, advance: (ms: number) => void (now += ms) }
}

test('[L8] beyond the limit the largest are cut and dropped, and nobody who holds little', () => {
  const { give, cuts } = harness(1000 * kib)
  const [small, large, larger] = [connection('small'), connection('large'), connection('larger')]
  give(small, 60 * kib)
  give(large, 400 * kib)
  give(larger, 500 * kib)
  assert.deepEqual(cuts, [])
  give(large, 90 * kib)
  give(small, 4 * kib)
  give(large, 20 * kib)
  assert.deepEqual(cuts, ['large'])
  assert.ok(large.state.dropped)
  give(larger, 450 * kib)
  assert.deepEqual(cuts, ['large'])
  give(larger, 100 * kib)
  assert.deepEqual(cuts, ['large', 'larger'])
})

test('[L8] what a closing connection still holds goes first', () => {
  const { give, cuts } = harness(1000 * kib)
  const [closing, open] = [connection('closing'), connection('open')]
  give(closing, 300 * kib)
  give(open, 600 * kib)
  closing.closed = true
  give(open, 200 * kib)
  assert.deepEqual([cuts, closing.state.dropped, open.state.dropped], [[], true, false])
})

test('[L8] it is tight from three quarters on, until clients have taken what waits', () => {
  const { backlog, give, advance } = harness(1000 * kib)
  const one = connection('one')
  give(one, 700 * kib)
  assert.equal(backlog.isTight(), false)
  give(one, 100 * kib)
  assert.equal(backlog.isTight(), true)
  one.state.own = 10 * kib
  advance(10)
  assert.equal(backlog.isTight(), false)
  assert.equal(backlog.total(), 0)
})
