import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { permit } from '../../../core/testing/read-permit.ts'
import { randomFrom } from '../../../room/testing/random.ts'
import { account, person, type Person, roomOf } from '../../rooms/testing/rooms.ts'
import { type Backend, createWorld } from '../../testing/world.ts'

const seeds = [1, 2, 3]
const steps = 60

/** Votes of several people at once against a model of the result (rules PO5 to PO9 and PO11). */
export function votesFuzzSuite(name: string, backend: Backend): void {
  describe(`random votes on ${name}`, () => {
    after(() => backend.stop())

    for (const seed of seeds) {
      test(`[PO5] [PO6] the counts are those of each voter's last vote (seed ${seed})`, async () => {
        await using world = await createWorld(await backend.open())
        const random = randomFrom(seed)
        const pick = <T>(all: readonly T[]): T => {
          const [found] = all.slice(random.below(all.length))
          if (found === undefined) throw new Error('There is nothing to pick from')
          return found
        }
        const ann = await account(world, 'Ann')
        const voters = [ann, ...(await Promise.all(['Bob', 'Cy', 'Dee'].map((each) => person(world, each))))]
        const { id, path } = await roomOf(world, ann, { guest: voters.slice(1) })
        const kinds = [{}, { multiple: true }, { anonymous: true }, { multiple: true, anonymous: true }]
        const polls: { id: string; multiple: boolean; anonymous: boolean }[] = []
        for (const kind of kinds)
          polls.push(await ann.does('POST', `${path}/polls`, { question: 'Which?', options: ['A', 'B', 'C'], ...kind }))
        /** By poll and voter, the last choice. */
        const model = new Map(polls.map((poll) => [poll.id, new Map<string, readonly string[]>()]))
        const closed = new Set<string>()

        async function vote(voter: Person): Promise<void> {
          const poll = pick(polls)
          const picked = ['a', 'b', 'c'].filter(() => random.chance(0.4))
          const option_ids = poll.multiple ? picked : picked.slice(0, 1)
          const { status } = await voter.call('PUT', `${path}/polls/${poll.id}/vote`, { option_ids })
          assert.equal(status, closed.has(poll.id) ? 409 : 200)
          if (status === 200) model.get(poll.id)?.set(voter.id, option_ids)
        }

        for (let step = 0; step < steps; step += 1) {
          // Each person's own calls are in order; those of several people are not.
          await Promise.all(voters.filter(() => random.chance(0.5)).map(vote))
          const ending = pick(polls)
          if (random.chance(0.02) && !closed.has(ending.id)) {
            closed.add(ending.id)
            await ann.does('POST', `${path}/polls/${ending.id}/close`)
          }
        }

        for (const poll of polls) {
          const votes = [...(model.get(poll.id) ?? [])].filter(([, chosen]) => chosen.length > 0)
          const { counts, voter_count, voters: named } = await ann.does('GET', `${path}/polls/${poll.id}`)
          const of = (option: string) => votes.filter(([, chosen]) => chosen.includes(option)).map(([voter]) => voter)
          assert.deepEqual(counts, { a: of('a').length, b: of('b').length, c: of('c').length })
          assert.equal(voter_count, votes.length)
          if (poll.anonymous) assert.equal(named, null)
          else
            for (const option of ['a', 'b', 'c'])
              assert.deepEqual((named[option] ?? []).toSorted(), of(option).toSorted())
        }
        const room = await world.engine.find(id)
        const { items } = await world.engine.records(permit, room?.num ?? 0, 'poll_vote', {
          after: null,
          rows: 50,
          bytes: 1e6,
        })
        const open = polls.filter((poll) => !closed.has(poll.id))
        for (const { key, value } of items) {
          const held: Record<string, string[]> = JSON.parse(value ?? '{}')
          for (const poll of open) assert.deepEqual(held[poll.id] ?? [], model.get(poll.id)?.get(key) ?? [])
        }
      })
    }
  })
}
