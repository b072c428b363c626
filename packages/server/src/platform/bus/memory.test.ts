import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { activityShard, activityShards } from './bus.ts'
import { busSuite } from './testing/bus.suite.ts'
import { createFaultyBus } from './faulty.ts'
import { createMemoryBus } from './memory.ts'

busSuite('memory', async () => {
  const bus = createMemoryBus<{ room: string; user: string; all: string; activity: string }>()
  return { one: bus, other: bus, settle: async () => {} }
})

test('[BU3] the shards of activity are few', () => {
  const shards = new Set(Array.from({ length: 1000 }, (_, room) => activityShard(room)))
  assert.equal(shards.size, activityShards)
})

busSuite('faulty without faults', async () => {
  const bus = createMemoryBus<{ room: string; user: string; all: string; activity: string }>()
  const wrap = () => createFaultyBus(bus, { random: () => 1, timers: manualTime().timers })
  return { one: wrap(), other: wrap(), settle: async () => {} }
})

test('[BU2] a faulty bus drops, delays past later batches, repeats, and tells when it is down', () => {
  const time = manualTime()
  const rolls: number[] = []
  const bus = createFaultyBus(createMemoryBus<{ room: number; user: null; all: null; activity: null }>(), {
    random: () => rolls.shift() ?? 1,
    timers: time.timers,
  })
  bus.faults = { drop: 0.5, delay: 0.5, delay_ms: 100, repeat: 0.5 }
  const heard: number[] = []
  bus.room.subscribe(1, (n) => heard.push(n))
  const publish = (n: number, ...rolled: number[]) => {
    rolls.push(...rolled)
    bus.room.publish(1, n)
  }
  publish(1, 0) // lost
  publish(2, 1, 0, 0.5, 1) // held back 50 ms
  publish(3, 1, 1, 0) // twice
  assert.deepEqual(heard, [3, 3])
  time.advance(50)
  assert.deepEqual(heard, [3, 3, 2])
  const states: boolean[] = []
  bus.onState((up) => states.push(up))
  bus.setUp(false)
  publish(4, 1, 1, 1)
  assert.equal(bus.isUp(), false)
  bus.setUp(true)
  assert.deepEqual(states, [false, true])
  assert.deepEqual(heard, [3, 3, 2])
})
