import { permit } from '../../packages/server/src/core/testing/read-permit.ts'
import type { Live, Sink } from '../../packages/server/src/room/live/live.ts'
import { createLiveHarness, profileOf } from '../../packages/server/src/room/testing/live.ts'
import type { Drill } from './drills.ts'

const members = 1_000
const messages = 400
const rounds = 9

/** A client that takes whatever it is written, in bytes that it shares with whoever gets the same. */
function silentSink(): Sink {
  const encode = (frames: readonly { json: string }[]) => frames.map(({ json }) => json).join('')
  return {
    waiting: () => 0,
    own: () => 0,
    write: (range) => void range.encodings(encode),
    emit: () => undefined,
    flush: () => undefined,
    whenDrained: () => undefined,
    cut: () => undefined,
    drop: () => undefined,
  }
}

type Harness = Awaited<ReturnType<typeof createLiveHarness>>

/** A room of 1,000 attached members; each of them reads a language of their own, or all see the same. */
async function roomOf(harness: Harness, id: string, ownView: boolean) {
  const room = await harness.createRoom(id)
  const live: Live = harness.node()
  for (let num = 2; num < members + 2; num += 1) {
    const { id: user_id } = profileOf(num)
    await harness.commit(id, num, [{ op: 'admit', user: num, role: 'member', capacity: null }])
    const reads = [`x-own-${num}`]
    if (ownView)
      await harness.commit(id, num, [{ op: 'languages', user: num, user_id, languages: { speaks: [], reads } }])
    const profile = profileOf(num)
    const owner = { user: { num, id: user_id }, profile, session_id: null, address: '192.0.2.1', present: false }
    const connection = live.open(silentSink(), owner)
    const attachment = await live.attach(permit, connection, room, { after_seq: null, epoch: null })
    if (!attachment.begin()) throw new Error('A member could not attach')
  }
  return room.id
}

/** CPU in ms that so many messages take, from the call to the last member. */
async function costOf(harness: Harness, room_id: string): Promise<number> {
  const before = process.cpuUsage()
  for (let sent = 0; sent < messages; sent += 1) {
    await harness.say(room_id, 1, 'A message of a length that people write to each other now and then.')
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const median = (all: readonly number[]): number => all.toSorted((one, other) => one - other)[all.length >> 1] ?? 0

/** Rule V5 of the room: the views of members cost a pass over what everyone sees nothing. */
export const ownViews: Drill = {
  name: 'views',
  what: `messages to ${members} members of whom each has a view of their own, beside as many with the same view`,
  on: ['sqlite'],
  async run() {
    await using harness = await createLiveHarness()
    await harness.createRoom('empty')
    const same = await roomOf(harness, 'same', false)
    const own = await roomOf(harness, 'own', true)
    const costs = { empty: [] as number[], same: [] as number[], own: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      costs.empty.push(await costOf(harness, 'empty'))
      costs.same.push(await costOf(harness, same))
      costs.own.push(await costOf(harness, own))
    }
    // What the messages themselves cost is not of the passes.
    const passes = (all: readonly number[]) => median(all) - median(costs.empty)
    return [{ name: 'passes cost times', value: passes(costs.own) / passes(costs.same), most: 1.1 }]
  },
}
