import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { AppError } from '../../core/error.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createBreaker } from './breaker.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

function breakerOf() {
  const { clock, timers, advance } = manualTime()
  const server = { answers: true, probes: 0 }
  const changes: boolean[] = []
  const breaker = createBreaker({
    ...{ clock, timers },
    probe: async () => {
      server.probes++
      if (!server.answers) throw new Error('no answer')
    },
    onChange: (isOpen) => changes.push(isOpen),
  })
  const begin = (patienceMs: number) => {
    const refused: AppError[] = []
    return { refused, ...breaker.begin(patienceMs, (error) => refused.push(error)) }
  }
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 250) {
      advance(250)
      await turn()
    }
  }
  return { breaker, server, changes, begin, pass }
}

suite('the breaker', () => {
  test('[DB8] a slow statement may run up to its timeout while the server answers others', async () => {
    const { begin, pass, server, changes } = breakerOf()
    const slow = begin(4000)
    await pass(3750)
    assert.equal(slow.refused.length, 0)
    assert.ok(server.probes >= 1)
    await pass(500)
    assert.equal(slow.refused[0]?.code, 'storage_unavailable')
    assert.deepEqual(changes, [])
  })

  test('[DB8] refuses in-flight and new calls when the server sends nothing at all', async () => {
    const { breaker, begin, pass, server, changes } = breakerOf()
    server.answers = false
    const all = [begin(4000), begin(3_600_000)]
    await pass(1500)
    for (const { refused } of all) assert.equal(refused[0]?.code, 'storage_unavailable')
    assert.throws(() => breaker.check(), { code: 'storage_unavailable' })
    const before = server.probes
    await pass(2000)
    assert.ok(server.probes - before >= 3, 'it is asked again and again')
    server.answers = true
    await pass(500)
    assert.deepEqual(changes, [true, false])
    breaker.check()
    for (const { refused } of all) assert.equal(refused.length, 1)
  })

  test('[DB8] sends no probe while answers arrive or no statement runs', async () => {
    const { breaker, begin, pass, server } = breakerOf()
    server.answers = false
    await pass(5000)
    const work = begin(60_000)
    for (let n = 0; n < 10; n++) {
      await pass(500)
      breaker.heard()
    }
    work.end()
    await pass(5000)
    assert.equal(server.probes, 0)
    assert.equal(breaker.isOpen(), false)
  })
})
