import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { walBound } from './sqlite/checkpoint.ts'
import { createWriteHealth } from './write-health.ts'

function healthOf() {
  let now = 0
  const disk = { passes: true, probes: 0 }
  const health = createWriteHealth(
    async () => {
      disk.probes++
      if (!disk.passes) throw new Error('full')
    },
    () => now,
  )
  return { health, disk, pass: (ms: number) => (now += ms) }
}

suite('[DB4] what health knows of writes', () => {
  test('probes only after a time without writes', async () => {
    const { health, disk, pass } = healthOf()
    health.passed()
    pass(9000)
    assert.deepEqual([await health.ask(), disk.probes], [true, 0])
    pass(2000)
    assert.deepEqual([await health.ask(), disk.probes], [true, 1])
    disk.passes = false
    pass(9000)
    assert.equal(await health.ask(), true)
    pass(2000)
    assert.equal(await health.ask(), false)
  })

  test('is down after a failure, probes at most once a second, and is up after the first successful write', async () => {
    const { health, disk, pass } = healthOf()
    health.passed()
    health.failed()
    disk.passes = false
    for (let n = 0; n < 10; n++) {
      assert.equal(await health.ask(), false)
      pass(300)
    }
    assert.equal(disk.probes, 3)
    health.passed()
    assert.equal(await health.ask(), true)
  })

  test('a probe that began before a failure does not end it', async () => {
    const { health, pass } = healthOf()
    health.failed()
    assert.equal(await health.ask(), false)
    pass(1000)
    assert.equal(await health.ask(), false)
    pass(1000)
    assert.equal(await health.ask(), true)
  })
})

test('[DB2] the write-ahead log may take half of the free disk, between an eighth of its maximum and its maximum', () => {
  const most = 2 ** 31
  const MiB = 2 ** 20
  assert.equal(walBound(most, 50 * MiB, 2 ** 40), most)
  assert.equal(walBound(most, 100 * MiB, 900 * MiB), 500 * MiB)
  assert.equal(walBound(most, 100 * MiB, 100 * MiB), 256 * MiB)
})
