import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memberView } from '../../audience.ts'
import type { Frame } from '../sink.ts'
import { Ephemeral } from './ephemeral.ts'
import { JoinedRanges } from './joined-ranges.ts'
import { settledRange } from './ring.ts'

const frame = (event: string): Frame<string> => ({ seq: 1, audience: 'room', event, json: '{}' })

/** Members of a room, each of whom has set a value; `encoded` counts how often each event was encoded. */
function createMembers(count: number) {
  const members = Array.from({ length: count }, (_each, n) => ({ n }))
  const ephemeral = new Ephemeral(1, { bytes: 0, limit: 1_000_000 })
  for (const member of members)
    ephemeral.say({ event: `of ${member.n}`, json: '{}', key: `${member.n}`, except: member })
  const encoded = new Map<string, number>()
  const encode = (frames: readonly Frame[]) => {
    for (const { event } of frames) encoded.set(event, (encoded.get(event) ?? 0) + 1)
    return frames.map(({ event }) => event)
  }
  const since = (member: object) => ephemeral.since(0, member, memberView, 'someone')
  return { members, ephemeral, encoded, encode, since }
}

test('[SL3] a value is encoded once, however many members who set one get it', () => {
  const { members, encoded, encode, since } = createMembers(30)
  for (const member of members) {
    const heard = since(member)?.encodings(encode).flat()
    const others = members.filter((other) => other !== member)
    assert.deepEqual(
      heard,
      others.map(({ n }) => `of ${n}`),
    )
  }
  assert.deepEqual([...encoded.values()], Array(30).fill(1))
})

test('[SL3] members who set none share one range, also behind durable frames', () => {
  const { members, encode, since } = createMembers(3)
  const [listener, other] = [{}, {}]
  assert.equal(since(listener), since(other))
  const joined = new JoinedRanges(1, () => 0)
  const durable = settledRange(1, [frame('message')])
  const shared = joined.join(durable, since(listener))
  assert.equal(shared, joined.join(durable, since(other)))
  assert.equal(shared?.encodings(encode).length, 1)
  const [first] = members
  assert.ok(first)
  assert.deepEqual(joined.join(durable, since(first))?.encodings(encode).flat(), ['message', 'of 1', 'of 2'])
})

test('[SL3] a member who alone has set something gets nothing', () => {
  const { members, since } = createMembers(1)
  assert.equal(since(members[0] ?? {}), null)
})
