import { z } from 'zod'
import { defineActions, plainText, type RecordType } from '../../core/contract.ts'
import type { RoomOption } from '../../core/room-option.ts'
import { hasVisibleText } from '../../core/text/name.ts'
import { roomErrors } from '../../room/errors.ts'
import { personSchema } from '../identity/contract.ts'
import { messageErrors, readingMessages } from '../messages/contract.ts'
import { pageFields, roomId, roomPermissions, seqCursor, wholeNumber } from '../rooms/contract.ts'
import { pollBounds } from './bounds.ts'
import { pollErrors } from './errors.ts'
import { pollRates } from './limits.ts'
import { pollPermissions } from './permissions.ts'

const { not_a_member, record_limit, room_closed, sent_out } = roomErrors
const { poll_anonymous, poll_closed, polls_disabled, too_many_polls } = pollErrors

/** On everywhere but in the lobby, whose visitors are no members (rule PO1). */
export const pollOption: RoomOption = {
  name: 'polls',
  onIn: ['chat', 'meeting', 'watch', 'call', 'game'],
  forWhom: 'everyone',
  hosts: 'speak',
}

const visible = (max: number) => plainText(max, { trim: true }).refine(hasVisibleText, 'This must not be empty')

/** The ids of options, in their order. */
export const optionIds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const

/** Two options that differ in letter case alone are one. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

const newPoll = z.object({
  room_id: roomId,
  question: visible(pollBounds.poll_question.value),
  options: z
    .array(visible(pollBounds.poll_option.value))
    .min(2, 'A poll has at least 2 options')
    .max(pollBounds.poll_options.value, `A poll has at most ${pollBounds.poll_options.value} options`)
    .refine((all) => new Set(all.map(folded)).size === all.length, 'Two options are the same')
    .readonly(),
  multiple: z.boolean().nullish().describe('Whether a vote may name several options.'),
  anonymous: z.boolean().nullish().describe('Nobody sees who voted for what. Fixed for the life of the poll.'),
  closes_at: z.iso
    .datetime({ offset: true, local: true })
    .nullish()
    .describe('When it closes by itself; without an offset in UTC. Absent: somebody closes it.'),
  client_id: plainText(128)
    .nullish()
    .describe('Chosen by the sender, unique for each message and poll: it makes a retry recognizable.'),
})
export type NewPoll = z.output<typeof newPoll>

const option = z.object({ id: z.string(), text: z.string() }).meta({ title: 'PollOption' })

/** The value of the record, and of the table. */
export const pollValue = z.object({
  message_id: z.string().describe('The message that asks it.'),
  message_seq: z.int().describe('The place of that message in the room.'),
  question: z.string(),
  options: z.array(option).readonly(),
  multiple: z.boolean(),
  anonymous: z.boolean(),
  created_by: z.string().describe('The id of a user.'),
  created_at: z.iso.datetime(),
  closes_at: z.iso.datetime().nullable(),
  closed_at: z.iso.datetime().nullable().describe('Null while it is open.'),
  closed_by: z.string().nullable().describe('The id of a user; null: it is open, or closed by itself.'),
  counts: z.record(z.string(), z.int()).readonly().describe('Votes by the id of the option.'),
  voter_count: z.int().describe('How many people voted.'),
  voters: z
    .record(z.string(), z.array(z.string()).readonly())
    .readonly()
    .nullable()
    .describe('Ids of the first voters by option, not all of them. Null: it is anonymous.'),
})
export type PollValue = z.output<typeof pollValue>

const poll = z
  .object({ id: z.string(), room_id: z.string() })
  .extend(pollValue.shape)
  .extend({
    my_option_ids: z
      .array(z.string())
      .readonly()
      .describe('What the caller chose. Of a closed anonymous poll nobody knows that any more: empty.'),
  })
  .meta({ title: 'Poll', description: 'A poll of a room.' })

const vote = z
  .object({ user: personSchema, option_ids: z.array(z.string()).readonly() })
  .meta({ title: 'PollVote', description: 'What somebody chose in a poll.' })

const ofPoll = z.object({ room_id: roomId, poll_id: plainText(64) })

export const pollActions = defineActions({
  'polls.create': {
    summary: 'Asks the members of a room a question, with a message in its conversation.',
    input: newPoll,
    output: poll,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/polls', status: 201 }],
    socket: [{ event: 'create_poll' }],
    caller: 'user',
    scope: 'messages:write',
    limit: pollRates.new_poll,
    appends: true,
    errors: [
      'not_found',
      'forbidden',
      not_a_member,
      sent_out,
      messageErrors.chat_disabled,
      polls_disabled,
      too_many_polls,
      record_limit,
      room_closed,
    ],
    permissions: [pollPermissions.create_poll, roomPermissions.speak],
  },
  'polls.list': {
    summary: 'Polls of a room, the newest first.',
    input: z.object({
      room_id: roomId,
      cursor: seqCursor,
      limit: wholeNumber(1, 'any').nullish().describe(`20; at most ${pollBounds.polls_page.value}.`),
    }),
    output: z.object({ items: z.array(poll), next_cursor: z.int().nullable() }),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/polls' }],
    ...readingMessages,
  },
  'polls.get': {
    summary: 'One poll.',
    input: ofPoll,
    output: poll,
    http: [{ method: 'GET', path: '/api/rooms/:room_id/polls/:poll_id' }],
    ...readingMessages,
  },
  'polls.votes': {
    summary: 'Who voted for what in a poll that is not anonymous, in the order of their votes.',
    input: ofPoll.extend({
      cursor: seqCursor,
      limit: pageFields.limit.describe(`50; at most ${pollBounds.votes_page.value}.`),
    }),
    output: z.object({ items: z.array(vote), next_cursor: z.int().nullable() }),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/polls/:poll_id/votes' }],
    ...readingMessages,
    errors: [...readingMessages.errors, poll_anonymous],
  },
  'polls.vote': {
    summary: 'Votes in a poll, instead of an earlier vote; without options it takes that back.',
    input: ofPoll.extend({ option_ids: z.array(plainText(8)).max(pollBounds.poll_options.value).readonly() }),
    output: poll,
    http: [{ method: 'PUT', path: '/api/rooms/:room_id/polls/:poll_id/vote' }],
    socket: [{ event: 'vote_poll' }],
    caller: 'user',
    scope: 'messages:write',
    limit: pollRates.poll_vote,
    errors: ['not_found', 'forbidden', not_a_member, sent_out, polls_disabled, poll_closed, record_limit, room_closed],
    permissions: [pollPermissions.vote_poll],
  },
  'polls.close': {
    summary: 'Closes a poll for good.',
    input: ofPoll,
    output: poll,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/polls/:poll_id/close' }],
    socket: [{ event: 'close_poll' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: ['not_found', 'forbidden', not_a_member, sent_out, poll_closed, room_closed],
    permissions: [pollPermissions.vote_poll, pollPermissions.close_poll],
  },
})

export const pollRecord: RecordType = {
  name: 'poll',
  v: 1,
  summary: 'A poll that is open or was closed lately. Its key is its id.',
  value: pollValue,
  mayFill: 'half',
  audience: 'room',
}

/** What a member chose, by poll (rule PO6). */
export const votesValue = z.record(z.string(), z.array(z.string()).readonly())

export const pollVoteRecord: RecordType = {
  name: 'poll_vote',
  v: 1,
  summary:
    'The ids of the options that a member chose, by the ids of open polls. Its key is the id of the member, who alone sees it.',
  value: votesValue,
  mayFill: 'half',
  audience: ({ key }) => `user:${key}`,
}
