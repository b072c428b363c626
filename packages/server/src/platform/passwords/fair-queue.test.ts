import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { type Requester, createFairQueue, type QueueName } from './fair-queue.ts'

/** A queue whose jobs end when the test ends them; `served` names them in the order of their turns. */
function stage({ concurrency = 1, places = 100 } = {}) {
  const { clock, timers, advance } = manualTime()
  const queue = createFairQueue({ concurrency, places, clock, timers })
  const served: string[] = []
  const running: (() => void)[] = []

  /** Resolves with its outcome when it has left the queue. */
  async function ask(
    name: string,
    requester: Requester,
    { queueName = 'first', wrong = false }: { queueName?: QueueName; wrong?: boolean } = {},
  ) {
    try {
      const slot = queue.enter(queueName, requester)
      try {
        await slot.turn(async () => {
          served.push(name)
          await new Promise<void>((resolve) => running.push(resolve))
        })
        if (wrong) slot.wrong()
        return 'served'
      } finally {
        slot.leave()
      }
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }

  const turn = () => new Promise((resolve) => setImmediate(resolve))
  /** Ends jobs until none is left. */
  async function runAll() {
    await turn()
    for (let job = running.shift(); job; job = running.shift()) {
      job()
      await turn()
    }
  }
  return { ask, runAll, advance, served, turn }
}

const at = (from: string): Requester => ({ from, known: false })
const device = (from: string): Requester => ({ from, known: true })

test('[A12] serves addresses in turn, however much one of them requests', async () => {
  const { ask, runAll, served } = stage()
  const asked = [
    ...['a1', 'a2', 'a3', 'a4'].map((name) => ask(name, at('a'))),
    ask('b1', at('b')),
    ask('b2', at('b')),
    ask('c1', at('c')),
  ]
  await runAll()
  await Promise.all(asked)
  // The first started before the others arrived.
  assert.deepEqual(served, ['a1', 'b1', 'c1', 'b2', 'a2', 'a3', 'a4'])
})

test('[A12] serves known devices first, then those with few recent requests', async () => {
  const { ask, runAll, served, advance } = stage()
  for (let guess = 0; guess < 2; guess += 1) {
    const asked = ask('x', at('guesser'), { wrong: true })
    await runAll()
    await asked
  }
  served.length = 0
  const asked = [
    ask('held', at('somebody')),
    ask('guesser', at('guesser')),
    ask('new', at('new')),
    ask('known', device('known')),
  ]
  await runAll()
  await Promise.all(asked)
  assert.deepEqual(served, ['held', 'known', 'new', 'guesser'])
  // Use is forgotten with time.
  advance(60_000)
  served.length = 0
  const later = [ask('held', at('somebody')), ask('guesser', at('guesser')), ask('new', at('other'))]
  await runAll()
  await Promise.all(later)
  assert.deepEqual(served, ['held', 'guesser', 'new'])
})

test('[A12] serves a known device with many wrong guesses after those without', async () => {
  const { ask, runAll, served } = stage()
  for (let guess = 0; guess < 3; guess += 1) {
    const asked = ask('x', device('stolen'), { wrong: true })
    await runAll()
    await asked
  }
  served.length = 0
  const asked = [ask('held', at('somebody')), ask('stolen', device('stolen')), ask('new', at('new'))]
  await runAll()
  await Promise.all(asked)
  assert.deepEqual(served, ['held', 'new', 'stolen'])
})

test('[A12] a full queue refuses the requester with most requests in favour of one with few', async () => {
  const { ask, runAll, served, turn } = stage({ places: 6 })
  const flood = Array.from({ length: 6 }, (_, index) => ask(`flood ${index}`, at('flood')))
  const honest = [ask('honest', at('honest')), ask('known', device('known'))]
  // The flood gets no further slot, and a new requester displaces only those with more use than its own.
  assert.equal(await ask('flood 6', at('flood')), 'rate_limited')
  await turn()
  assert.equal(await flood[5], 'rate_limited')
  assert.equal(await flood[4], 'rate_limited')
  await runAll()
  assert.deepEqual(await Promise.all(honest), ['served', 'served'])
  assert.deepEqual(served, ['flood 0', 'known', 'honest', 'flood 1', 'flood 2', 'flood 3'])
})

test('[A12] refused requests count too: a flood is served after a single request', async () => {
  const { ask, runAll, served, turn } = stage({ concurrency: 2, places: 102 })
  const flood: Promise<unknown>[] = []
  for (let round = 0; round < 4; round += 1) for (let n = 0; n < 200; n += 1) flood.push(ask('flood', at(`flood ${n}`)))
  await turn()
  const honest = Array.from({ length: 12 }, (_, n) => ask('honest', at(`new ${n}`)))
  await runAll()
  assert.deepEqual(new Set(await Promise.all(honest)), new Set(['served']))
  assert.equal(served.lastIndexOf('honest'), 13)
  await Promise.all(flood)
})

test('[A12] 200 guessing addresses do not displace twelve that do not guess', async () => {
  const { ask, runAll, served, turn } = stage({ concurrency: 2, places: 102 })
  const guess = () => Array.from({ length: 200 }, (_, n) => ask('guess', at(`guesser ${n}`), { wrong: true }))
  for (let round = 0; round < 4; round += 1) {
    const guesses = guess()
    await runAll()
    await Promise.all(guesses)
  }
  served.length = 0
  const flood = guess()
  await turn()
  const honest = Array.from({ length: 12 }, (_, n) => ask('honest', n % 2 ? at(`new ${n}`) : device(`known ${n}`)))
  await runAll()
  assert.deepEqual(new Set(await Promise.all(honest)), new Set(['served']))
  // Two guesses were running; the honest wait only for these and for each other.
  assert.equal(served.lastIndexOf('honest'), 13)
  const outcomes = await Promise.all(flood)
  assert.equal(outcomes.filter((outcome) => outcome === 'served').length, 90)
})

test('[A12] a first turn is refused after four seconds, and later turns never', async () => {
  const { ask, runAll, advance, served } = stage()
  const [held, waits] = [ask('held', at('a')), ask('waits', at('b'))]
  const behind = ask('behind', at(''), { queueName: 'behind' })
  advance(3_999)
  const late = ask('late', at('c'))
  advance(1)
  assert.deepEqual([await waits, await behind], ['rate_limited', 'rate_limited'])
  await runAll()
  assert.deepEqual([await held, await late], ['served', 'served'])
  assert.deepEqual(served, ['held', 'late'])
})

test('[A12] the low-priority queue has half of the slots and one turn in eight', async () => {
  const { ask, runAll, served } = stage({ places: 40 })
  const behind = Array.from({ length: 22 }, () => ask('behind', at(''), { queueName: 'behind' }))
  const first = Array.from({ length: 20 }, (_, n) => ask('first', at(`${n}`)))
  await runAll()
  assert.deepEqual((await Promise.all(behind)).slice(20), ['rate_limited', 'rate_limited'])
  assert.deepEqual(new Set(await Promise.all(first)), new Set(['served']))
  assert.deepEqual(served.slice(0, 17), [
    'behind',
    ...Array.from({ length: 7 }, () => 'first'),
    'behind',
    ...Array.from({ length: 7 }, () => 'first'),
    'behind',
  ])
})
