import { type CallContext, idempotencyKeyOf, implement, type RunContext } from '../../core/action.ts'
import { type Caller, requireUser, type UserRef } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import type { Output } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import { storedObject } from '../../core/stored.ts'
import { contentHash, isSameContent } from '../../core/text/content-hash.ts'
import { newJob } from '../../platform/jobs/jobs.ts'
import type { Live } from '../../room/live/live.ts'
import type { Committed, JsonObject, Op, RecordChange, RoomEngine } from '../../room/types.ts'
import type { Made } from '../feature.ts'
import { personIn } from '../identity/contract.ts'
import type { Identity } from '../identity/identity.ts'
import { chatOption, messageErrors, messageSent } from '../messages/contract.ts'
import { messageBody } from '../messages/messages.ts'
import type { RoomFacts } from '../../core/contract.ts'
import { isOpenTo, type KnownRoom, type Rooms } from '../rooms/rooms.ts'
import { pollBounds } from './bounds.ts'
import { type NewPoll, pollActions, pollOption, pollRecord, type PollValue, pollVoteRecord } from './contract.ts'
import { closingOps, createEnding } from './ending.ts'
import { pollErrors } from './errors.ts'
import { closePollJob } from './jobs.ts'
import { pollPermissions } from './permissions.ts'
import { chosenOf, closingTime, newPoll, pollOf, textOf, voted, votesOf } from './state.ts'
import { createPollsStore, type StoredPoll } from './store/store.ts'
import type { Database } from '../../platform/db/database.ts'

export type PollsDeps = {
  db: Database
  clock: Clock
  engine: Pick<RoomEngine, 'answered' | 'record'>
  live: Pick<Live, 'receivers'>
  identity: Pick<Identity, 'people' | 'stored'>
  rooms: Pick<Rooms, 'commit' | 'find' | 'known' | 'may' | 'needs' | 'readable'>
}

type Poll = Output<(typeof pollActions)['polls.get']>
type Ref = { room_id: string; poll_id: string }

const creating = 'polls.create'
/** Bytes of an event besides the properties that it sets. */
const eventBytes = 200
const defaults = { polls: 20, votes: 50 }

export function createPolls(deps: PollsDeps): Made<null> {
  const { engine, identity, live, rooms } = deps
  const store = createPollsStore(deps.db)
  const ending = createEnding({ rooms, store })

  /** What the caller chose: from their record while polls are open, else from the table. */
  async function choicesOf(caller: Caller, room: number, ids: readonly string[]) {
    if (caller.kind !== 'user' || caller.user.num === 0) return () => []
    const { id } = caller.user
    const [record, kept] = await Promise.all([
      engine.record(room, pollVoteRecord.name, id),
      store.choices(room, id, ids),
    ])
    const held = votesOf(record?.value == null ? null : storedObject(record.value))
    return (poll_id: string): readonly string[] => held[poll_id] ?? kept.get(poll_id) ?? []
  }

  /** The votes of an open poll are counted in its record; the table has the result of a closed one. */
  async function current(room: number, { id, open, value }: StoredPoll): Promise<PollValue | null> {
    const record = open ? await engine.record(room, pollRecord.name, id) : null
    return pollOf(record?.value == null ? value : storedObject(record.value))
  }

  /** Polls that cannot be read are left out. */
  async function shown(caller: Caller, room: RoomFacts, polls: readonly StoredPoll[]): Promise<Poll[]> {
    const mine = await choicesOf(
      caller,
      room.num,
      polls.map(({ id }) => id),
    )
    const values = await Promise.all(polls.map((poll) => current(room.num, poll)))
    return polls.flatMap(({ id }, place) => {
      const value = values[place]
      return value ? [{ id, room_id: room.id, ...value, my_option_ids: mine(id) }] : []
    })
  }

  async function there(room: number, poll_id: string): Promise<StoredPoll> {
    const poll = await store.find({ room, poll_id })
    if (!poll) throw new AppError('not_found')
    return poll
  }

  async function one(caller: Caller, room: RoomFacts, poll_id: string): Promise<Poll> {
    const [poll] = await shown(caller, room, [await there(room.num, poll_id)])
    if (!poll) throw new AppError('not_found')
    return poll
  }

  /** Everyone in the room hears of a change. */
  function charge(room: number, { events, records }: Committed, context: RunContext): void {
    const bytes =
      events.reduce((sum, { body }) => sum + body.length + eventBytes, 0) +
      records.reduce((sum, { type, set }) => sum + (type === pollRecord.name ? set.length + eventBytes : 0), 0)
    context.charge('fan_out_bytes', bytes * live.receivers(room))
  }

  /** The poll as a commit left it; one that it did not change is read. */
  async function after(caller: Caller, room: RoomFacts, poll_id: string, { records }: Committed): Promise<Poll> {
    const value = valueIn(records, pollRecord.name, poll_id)
    const mine = valueIn(records, pollVoteRecord.name, requireUser(caller).user.id)
    const poll = pollOf(value)
    if (poll === null) return one(caller, room, poll_id)
    const my_option_ids =
      mine === null ? (await choicesOf(caller, room.num, [poll_id]))(poll_id) : (votesOf(mine)[poll_id] ?? [])
    return { id: poll_id, room_id: room.id, ...poll, my_option_ids }
  }

  /** The commit recognizes a client_id itself; this covers the checks before it, which must not refuse a retry (rule PO2). */
  async function replay(input: NewPoll, caller: Caller, context: CallContext): Promise<Poll | undefined> {
    const client_id = clientIdOf(input, context)
    const room = client_id === null ? null : await rooms.find(input.room_id)
    const found =
      room && client_id !== null && (await engine.answered(room.num, requireUser(caller).user.num, client_id))
    if (!room || !found) return undefined
    if (found.action !== creating || !isSameContent(found.content_hash, contentOf(input)))
      throw new AppError('client_id_reused')
    context.replayed?.()
    return one(caller, room, pollIdIn(found.event.body))
  }

  async function create(input: NewPoll, caller: Caller, context: RunContext): Promise<Poll> {
    const room = await rooms.known(input.room_id)
    const { user } = await identity.stored(caller, context)
    const closes_at = closingTime(input, deps.clock.now())
    const client_id = clientIdOf(input, context)
    const poll_id = newId()
    const message_id = newId()
    const text = { type: 'text', content: textOf(input), reply_to: null } as const
    const committed = await rooms.commit(room.id, context.queued, (known) => {
      // The message comes first; the place that it gets is part of the poll.
      let message_seq = 0
      const ops: Op[] = [
        rooms.needs(pollPermissions.create_poll, known),
        { op: 'require', check: ({ member }) => refusal(known, member) },
        {
          ...{ op: 'append', type: messageSent },
          body: ({ seq }) => {
            message_seq = seq
            return messageBody(message_id, text, null, client_id, [], poll_id)
          },
        },
        {
          ...{ op: 'change', type: pollRecord, key: poll_id },
          next: (_, { now }) => newPoll(input, { message_id, message_seq, by: user.id, now, closes_at }),
        },
      ]
      const payload = { room_id: room.id, poll_id }
      if (closes_at !== null)
        ops.push({ op: 'schedule', key: poll_id, at: closes_at, job: newJob(closePollJob, payload) })
      const content_hash = client_id === null ? null : contentOf(input)
      return { actor: user.num, action: creating, client_id, content_hash, members_only: true, ops }
    })
    if (!committed.replayed) {
      charge(room.num, committed, context)
      return after(caller, room, poll_id, committed)
    }
    context.replayed?.()
    return one(caller, room, pollIdIn(committed.events[0]?.body ?? ''))
  }

  async function vote(
    { room_id, poll_id, option_ids }: Ref & { option_ids: readonly string[] },
    caller: Caller,
    context: RunContext,
  ) {
    const room = await rooms.known(room_id)
    const { user } = requireUser(caller)
    const poll = await there(room.num, poll_id)
    if (!poll.open) throw new AppError(pollErrors.poll_closed)
    const chosen = chosenOf(option_ids)
    const committed = await rooms.commit(room.id, context.queued, (known) => {
      // What the voter chose before is read and replaced in the commit that counts the vote (rule PO6).
      let before: readonly string[] = []
      const ops: Op[] = [
        rooms.needs(pollPermissions.vote_poll, known),
        { op: 'require', check: () => (isOn(known) ? null : pollErrors.polls_disabled) },
        {
          ...{ op: 'change', type: pollVoteRecord, key: user.id },
          next: (record) => {
            before = votesOf(record)[poll_id] ?? []
            // Nobody keeps that they chose nothing before they ever voted.
            return record === null && chosen.length === 0 ? null : { ...record, [poll_id]: chosen }
          },
        },
        {
          ...{ op: 'change', type: pollRecord, key: poll_id },
          next: (record, { now }) => voted(record, { voter: user.id, before, chosen }, now),
        },
      ]
      return { actor: user.num, action: 'polls.vote', client_id: null, members_only: true, ops }
    })
    charge(room.num, committed, context)
    return after(caller, room, poll_id, committed)
  }

  async function close({ room_id, poll_id }: Ref, caller: Caller, context: RunContext): Promise<Poll> {
    const room = await rooms.known(room_id)
    const { user } = requireUser(caller)
    const { value, open } = await there(room.num, poll_id)
    if (!open) throw new AppError(pollErrors.poll_closed)
    const isOwn = pollOf(value)?.created_by === user.id
    const committed = await rooms.commit(room.id, context.queued, (known) => ({
      ...{ actor: user.num, action: 'polls.close', client_id: null, members_only: true },
      ops: [
        ...(isOwn ? [] : [rooms.needs(pollPermissions.close_poll, known)]),
        ...closingOps(room.id, poll_id, user.id),
        { op: 'cancel', type: closePollJob, key: poll_id },
      ],
    }))
    charge(room.num, committed, context)
    return after(caller, room, poll_id, committed)
  }

  const exists = async (_caller: Caller, { room_id }: { room_id: string }) =>
    (await rooms.find(room_id)) ? true : ('not_found' as const)

  return {
    api: null,
    jobs: ending.jobs,
    hooks: { onUserDeleted: (user: UserRef, _position, most) => ending.forgetUser(user, most) },
    actions: implement(pollActions, {
      'polls.create': { replay, allow: rooms.may(pollPermissions.create_poll), run: create },
      'polls.list': {
        allow: exists,
        async run({ room_id, cursor, limit }, caller) {
          const room = await rooms.readable(caller, room_id)
          const most = Math.min(limit ?? defaults.polls, pollBounds.polls_page.value)
          const polls = await store.page(room.num, cursor ?? null, most + 1)
          const page = polls.slice(0, most)
          const next_cursor = polls.length > most ? (page.at(-1)?.seq ?? null) : null
          return { items: await shown(caller, room, page), next_cursor }
        },
      },
      'polls.get': {
        allow: exists,
        run: async ({ room_id, poll_id }, caller) => one(caller, await rooms.readable(caller, room_id), poll_id),
      },
      'polls.votes': {
        allow: exists,
        async run({ room_id, poll_id, cursor, limit }, caller) {
          const { num: room } = await rooms.readable(caller, room_id)
          if ((await there(room, poll_id)).anonymous) throw new AppError(pollErrors.poll_anonymous)
          const most = Math.min(limit ?? defaults.votes, pollBounds.votes_page.value)
          const votes = await store.votes({ room, poll_id }, cursor ?? 0, most + 1)
          const page = votes.slice(0, most)
          const people = await identity.people.load(page.map(({ voter }) => voter))
          const items = page.map(({ voter, option_ids }) => ({ user: personIn(people.get(voter) ?? ''), option_ids }))
          return { items, next_cursor: votes.length > most ? (page.at(-1)?.seq ?? null) : null }
        },
      },
      'polls.vote': { allow: rooms.may(pollPermissions.vote_poll), run: vote },
      // Members alone; the commit decides whether it is theirs to close (rule PO11).
      'polls.close': { allow: rooms.may(pollPermissions.vote_poll), run: close },
    }),
  }
}

/** Rule PO1. */
const refusal = ({ profile }: KnownRoom, member: Parameters<typeof isOpenTo>[2]) => {
  if (!isOpenTo(chatOption, profile, member)) return messageErrors.chat_disabled
  return isOpenTo(pollOption, profile, member) ? null : pollErrors.polls_disabled
}

/** Whether members may vote (rule PO5). */
const isOn = ({ profile: { capabilities, settings } }: KnownRoom): boolean =>
  capabilities[pollOption.name] === true && settings[pollOption.name] !== 'off'

/** The value that a commit gave a record; null: it did not change it. */
function valueIn(records: readonly RecordChange[], type: string, key: string): JsonObject | null {
  const found = records.find((record) => record.type === type && record.key === key)
  return found?.value == null ? null : storedObject(found.value)
}

/** `not_found`: the message was deleted since. */
function pollIdIn(body: string): string {
  const poll_id = body === '' ? undefined : storedObject(body)?.['poll_id']
  if (typeof poll_id !== 'string') throw new AppError('not_found')
  return poll_id
}

const contentOf = (input: NewPoll): string => contentHash({ ...input, client_id: null })

const clientIdOf = ({ client_id }: NewPoll, context: CallContext): string | null =>
  client_id ?? idempotencyKeyOf(context)
