import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { addressKey } from '../../../core/address-key.ts'
import { createBacklog, type Holder } from './backlog.ts'
import type { Draining } from './drain.ts'

const kib = 1024

function connection(id: string, address = '192.0.2.1') {
  const state = { own: 0, dropped: false }
  const made: Draining = {
    id,
    owner: { user: null, profile: null, session_id: null, address, present: false },
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
  const cut = ({ id }: Holder) => void cuts.push(String(id))
  const backlog = createBacklog({ limit, monotonic: () => now, cut })
  const give = (to: ReturnType<typeof connection>, bytes: number) => {
    to.state.own += bytes
    backlog.added(to, bytes)
  }
  return { backlog, give, cuts, advance: (ms: number) => void (now += ms) }
}

test('[L8] beyond the limit the largest backlogs are cut and discarded, and small ones stay', () => {
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

test('[L8] the backlog of a closing connection is discarded first', () => {
  const { give, cuts } = harness(1000 * kib)
  const [closing, open] = [connection('closing'), connection('open')]
  give(closing, 300 * kib)
  give(open, 600 * kib)
  closing.closed = true
  give(open, 200 * kib)
  assert.deepEqual([cuts, closing.state.dropped, open.state.dropped], [[], true, false])
})

test('[L8] reading stops from three quarters on, until clients have read their backlog', () => {
  const { backlog, give, advance } = harness(1000 * kib)
  const [one, other] = [connection('one'), connection('other', '192.0.2.7')]
  give(one, 400 * kib)
  give(other, 300 * kib)
  assert.equal(backlog.isTight('192.0.2.2'), false)
  give(other, 100 * kib)
  assert.equal(backlog.isTight('192.0.2.2'), true)
  for (const each of [one, other]) each.state.own = 10 * kib
  advance(10)
  assert.equal(backlog.isTight('192.0.2.2'), false)
  assert.equal(backlog.total(), 0)
})

suite('[L8] who does not read keeps nobody from reading', () => {
  test('[L8] nothing is read for an address that holds a quarter, and others are served', () => {
    const { backlog, give } = harness(1000 * kib)
    give(connection('one', '192.0.2.7'), 200 * kib)
    give(connection('another', '192.0.2.7'), 100 * kib)
    assert.deepEqual([backlog.isTight('192.0.2.7'), backlog.isTight('192.0.2.8')], [true, false])
  })

  test('[L8] reading stops for everyone for 2 s at most, then the largest backlogs are cut to half of the share', () => {
    const { backlog, give, cuts, advance } = harness(1000 * kib)
    for (const name of ['a', 'b', 'c', 'd']) give(connection(name, '192.0.2.7'), 110 * kib)
    give(connection('alone', '192.0.2.8'), 200 * kib)
    give(connection('small', '192.0.2.9'), 170 * kib)
    assert.equal(backlog.isTight('192.0.2.1'), true)
    advance(1999)
    assert.deepEqual([backlog.isTight('192.0.2.1'), cuts], [true, []])
    advance(10)
    assert.equal(backlog.isTight('192.0.2.1'), false)
    assert.deepEqual(cuts, ['d', 'c', 'b', 'alone'])
    advance(5000)
    assert.equal(backlog.isTight('192.0.2.1'), false)
  })

  test('[L8] an address has 15 s to read its backlog before its largest connections are cut', () => {
    const { backlog, give, cuts, advance } = harness(1000 * kib)
    give(connection('large', '2001:db8::1'), 200 * kib)
    give(connection('larger', '2001:db8::2'), 210 * kib)
    give(connection('elsewhere', '192.0.2.8'), 240 * kib)
    const address = addressKey('2001:db8::3')
    assert.equal(backlog.isTight(address), true)
    advance(14_900)
    assert.deepEqual([backlog.isTight(address), cuts], [true, []])
    advance(200)
    assert.deepEqual([backlog.isTight(address), cuts], [false, ['larger', 'large']])
  })

  test('[L8] a client that reads its backlog in time is not cut, and has the full time again', () => {
    const { backlog, give, cuts, advance } = harness(1000 * kib)
    const [one, other] = [connection('one', '192.0.2.7'), connection('other', '192.0.2.8')]
    give(other, 400 * kib)
    give(one, 400 * kib)
    advance(1900)
    assert.equal(backlog.isTight('192.0.2.1'), true)
    one.state.own = 100 * kib
    advance(10)
    assert.equal(backlog.isTight('192.0.2.1'), false)
    give(one, 300 * kib)
    advance(1900)
    assert.deepEqual([backlog.isTight('192.0.2.1'), cuts], [true, []])
  })

  test('[L8] nobody waits for one address that holds over half: it is cut at once to half of its own share', () => {
    const { backlog, give, cuts } = harness(1000 * kib)
    give(connection('elsewhere', '192.0.2.8'), 200 * kib)
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) give(connection(name, '192.0.2.7'), 100 * kib)
    assert.deepEqual([backlog.isTight('192.0.2.1'), cuts], [false, ['f', 'e', 'd', 'c', 'b']])
    assert.equal(backlog.total(), 300 * kib)
  })
})
