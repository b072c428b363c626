import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toJson } from '../../core/json.ts'
import { createFeedIndex } from './index.ts'
import { tellInTurn } from './sending.ts'

const room = { num: 1, id: 'r1', epoch: 'e', kind: 'chat', created_at: 0, floor_seq: 0 }

/** Connections of as many users, all members of one room, and what each has been told. */
function crowd(count: number) {
  const index = createFeedIndex()
  const told: { id: string; text: string }[] = []
  for (let n = 1; n <= count; n += 1) {
    const user = index.belongTo(index.open(`c${n}`, 0), n)
    assert.ok(user)
    index.loaded(user, [{ num: 1, id: 'r1', last_seq: 0 }])
  }
  const live = {
    tellPeer(id: string, _event: string, payload: object) {
      const text = toJson(payload)
      told.push({ id, text })
      return text.length
    },
  }
  let seq = 0
  return {
    index,
    told,
    say(text: string): void {
      seq += 1
      const line = { room, from: seq, last_seq: seq, begun: [], ended: [], closed: false }
      index.hear({ ...line, news: { last_seq: String(seq), name: JSON.stringify(text) } })
    },
    async pass(most: number): Promise<string[]> {
      const before = told.length
      index.settle(await tellInTurn({ live, now: 1, most, isClosed: () => false, counts: false }, index))
      return told.slice(before).map(({ id }) => id)
    },
  }
}

test('[UF9] what is over the bytes of a second is told in the next one, to each connection in its turn', async () => {
  const { index, told, say, pass } = crowd(6)
  assert.equal((await pass(Number.POSITIVE_INFINITY)).length, 6, 'each is told that it begins')
  say('one')
  const [first] = await pass(1)
  assert.equal(first, 'c1', 'at least one, however long the event is')
  const event = told.at(-1)?.text.length ?? 0
  assert.deepEqual(await pass(event + 1), ['c2', 'c3'])
  say('two')
  assert.deepEqual(await pass(3 * event), ['c4', 'c5', 'c6'], 'those that waited longest')
  assert.ok(told.slice(-3).every(({ text }) => text.includes('"two"') && !text.includes('"one"')))
  assert.deepEqual(await pass(Number.POSITIVE_INFINITY), ['c1', 'c2', 'c3'])
  assert.equal(index.hasNews(), false)
})

test('[UF9] a new connection is told at once that it begins', async () => {
  const { index, say, pass } = crowd(3)
  await pass(Number.POSITIVE_INFINITY)
  say('one')
  index.belongTo(index.open('new', 0), 1)
  assert.deepEqual(await pass(1), ['new'])
})
