import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coreRates, defineRates, definedRate, type Limit, rateFaults } from './rate.ts'

const { vote } = defineRates({ vote: { burst: 5, perSecond: 1, by: 'caller', help: 'voting' } })
const under = (limit: Limit) => [{ name: 'polls.vote', contract: { limit } }]

test('[B4] a limit is a budget of the core by its name, or the one that a part defined', () => {
  assert.equal(definedRate('read'), coreRates.read)
  assert.equal(definedRate(vote), vote)
  assert.deepEqual(vote, { name: 'vote', burst: 5, perSecond: 1, by: 'caller', help: 'voting' })
})

test('[B4] reports a budget that two parts define, and a limit that no part declares', () => {
  const core = { core: coreRates }
  assert.deepEqual(rateFaults({ ...core, polls: { vote } }, [...under(vote), ...under('write')]), [])
  assert.deepEqual(rateFaults({ ...core, polls: { vote }, votes: { vote } }, []), [
    'Two parts define the budget vote: rename one of them.',
  ])
  assert.deepEqual(rateFaults(core, under(vote)), [
    'polls.vote is under the limit vote, which no part hands over: add it to the rates of the Feature that defines it.',
  ])
})
