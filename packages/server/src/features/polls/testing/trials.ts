import { ok } from '../../../../../../test/harness/rest.ts'
import type { Part, Set } from '../../../../../../test/harness/trials/cast.ts'
import type { Stage } from '../../../../../../test/harness/trials/stage.ts'
import type { FeatureTrials, Verdict } from '../../../../../../test/harness/trials.ts'
import { by, inRoom as ofRoom, reading } from '../../rooms/testing/trials/rights.ts'
import { byOutsider, inRoom } from '../../rooms/testing/trials/stages.ts'
import type { pollActions } from '../contract.ts'
import { pollPermissions } from '../permissions.ts'

const asked = { question: 'Tea?', options: ['Yes', 'No'] }

/** A poll of the host in a room with a member. */
async function withPoll(stage: Stage, fields: object = {}) {
  const { host, member, room_id } = await inRoom(stage)
  const body = { ...asked, ...fields }
  const { id } = await ok<{ id: string }>(stage.url, 'POST', `/api/rooms/${room_id}/polls`, { token: host.token, body })
  stage.call(id, 'poll')
  return { host, member, input: { room_id, poll_id: id } }
}

/** The rooms of the roles have no polls: whoever may is told so. */
const none =
  (verdict: (part: Part) => Verdict) =>
  (part: Part): Verdict => {
    const told = verdict(part)
    return told === true ? 'not_found' : told
  }
const ofNone = ({ room_id }: Set) => ({ room_id, poll_id: 'none' })
const inShared = { room: 'shared' } as const
const options = Array.from({ length: 10 }, (_, place) => `${place}${'\u4e00'.repeat(99)}`)

export const trials: FeatureTrials<typeof pollActions> = {
  doors: {
    'polls.create': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, ...asked, client_id: 'first' } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage, asked)), code: 'not_a_member' }),
      bad: { options: ['Yes'] },
    },
    'polls.list': {
      good: async (stage) => {
        const { member, input } = await withPoll(stage)
        return { by: member, input: { room_id: input.room_id, limit: 1 } }
      },
      bad: { limit: -1 },
    },
    'polls.get': {
      good: async (stage) => {
        const { member, input } = await withPoll(stage)
        return { by: member, input }
      },
    },
    'polls.votes': {
      good: async (stage) => {
        const { host, member, input } = await withPoll(stage)
        await (await member.socket()).ask('vote_poll', { ...input, option_ids: ['b'] })
        return { by: host, input }
      },
      refused: async (stage) => {
        const { host, input } = await withPoll(stage, { anonymous: true })
        return { by: host, input, code: 'poll_anonymous' }
      },
      bad: { cursor: -1 },
    },
    'polls.vote': {
      good: async (stage) => {
        const { member, input } = await withPoll(stage)
        return { by: member, input: { ...input, option_ids: ['a'] } }
      },
      refused: async (stage) => {
        const { member, host, input } = await withPoll(stage)
        await (await host.socket()).ask('close_poll', input)
        return { by: member, input: { ...input, option_ids: ['a'] }, code: 'poll_closed' }
      },
      bad: { option_ids: 'a' },
    },
    'polls.close': {
      good: async (stage) => {
        const { host, input } = await withPoll(stage)
        return { by: host, input }
      },
      refused: async (stage) => {
        const { member, input } = await withPoll(stage)
        return { by: member, input, code: 'forbidden' }
      },
    },
  },
  roles: {
    'polls.create': [{ input: ({ room_id }) => ({ room_id, ...asked }), verdict: by(pollPermissions.create_poll) }],
    'polls.list': [{ input: ofRoom, verdict: reading }],
    'polls.get': [{ input: ofNone, verdict: none(reading) }],
    'polls.votes': [{ input: ofNone, verdict: none(reading) }],
    'polls.vote': [
      { input: (set) => ({ ...ofNone(set), option_ids: ['a'] }), verdict: none(by(pollPermissions.vote_poll)) },
    ],
    'polls.close': [{ input: ofNone, verdict: none(by(pollPermissions.vote_poll)) }],
  },
  sdk: true,
  samples: { question: 'Tea?', options: ['Yes', 'No'], option_ids: ['a'], poll_id: 'none' },
  floods: {
    actions: {
      'polls.create': { ...inShared, fields: { options, closes_at: undefined } },
      'polls.list': inShared,
      'polls.get': inShared,
      'polls.votes': inShared,
      'polls.vote': inShared,
      'polls.close': inShared,
    },
  },
}
