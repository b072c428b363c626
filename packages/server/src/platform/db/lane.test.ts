import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { AppError } from '../../core/error.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createLane } from './lane.ts'
import { divide } from './postgres/connections.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

function laneOf(places: number, line: number) {
  const { clock, timers, advance } = manualTime()
  const ran: string[] = []
  let refused = 0
  const lane = createLane({ places, line, waitMs: 1000, clock, timers, onBusy: () => refused++ })
  /** A job that runs until the test ends it. */
  const start = (name: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const done = lane.run(async () => {
      ran.push(name)
      await promise
    })
    done.catch(() => undefined)
    return { done, end: resolve, fail: () => reject(new Error('failed')) }
  }
  return { lane, advance, ran, start, refused: () => refused }
}

suite('a lane', () => {
  test('[DB7] runs a bounded number at once and the rest in order of arrival, also after a failure', async () => {
    const { ran, start } = laneOf(2, 10)
    const [a, b, , d] = ['a', 'b', 'c', 'd'].map(start)
    assert.deepEqual(ran, ['a', 'b'])
    b?.fail()
    await turn()
    a?.end()
    await turn()
    assert.deepEqual(ran, ['a', 'b', 'c', 'd'])
    d?.end()
    await d?.done
    const next = start('e')
    assert.deepEqual(ran.slice(4), ['e'])
    next.end()
  })

  test('[DB7] refuses calls that wait too long or find the queue full, with retry_after', async () => {
    const { lane, advance, ran, start, refused } = laneOf(1, 2)
    const first = start('a')
    const waiting = start('b')
    advance(600)
    const later = start('c')
    await assert.rejects(start('d').done, { code: 'room_busy', details: { retry_after: 1 } })
    advance(400)
    await assert.rejects(waiting.done, { code: 'room_busy' })
    assert.deepEqual([lane.waiting(), refused()], [1, 2])
    first.end()
    await turn()
    assert.deepEqual(ran, ['a', 'c'])
    advance(10_000)
    later.end()
    await later.done
  })

  test('[DB8] refuses all waiting calls and lets the running ones finish', async () => {
    const { lane, start } = laneOf(1, 5)
    const running = start('a')
    const waiting = [start('b'), start('c')]
    lane.refuse(new AppError('storage_unavailable'))
    for (const { done } of waiting) await assert.rejects(done, { code: 'storage_unavailable' })
    running.end()
    await running.done
    assert.equal(lane.waiting(), 0)
  })
})

test('[DB7] each lane has a connection, and with the health connection they add up to DATABASE_CONNECTIONS', () => {
  for (let connections = 4; connections < 40; connections++) {
    const { write, point, bulk } = divide(connections)
    assert.ok(Math.min(write, point, bulk) >= 1, `${connections}`)
    assert.equal(write + point + bulk + 1, connections)
  }
  assert.deepEqual(divide(16), { write: 8, point: 3, bulk: 4 })
})
