import type { UserRef } from '../../core/caller.ts'
import { AppError, type Failure } from '../../core/error.ts'
import { handle, type JobHandler, type JobRun, newJob } from '../../platform/jobs/jobs.ts'
import type { Op } from '../../room/types.ts'
import type { Part } from '../hooks.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { pollRecord, pollVoteRecord } from './contract.ts'
import { pollErrors } from './errors.ts'
import { closePollJob, settlePollJob, sweepPollsJob } from './jobs.ts'
import { closed, forgotten, withoutPoll } from './state.ts'
import type { NamedPoll, PollsStore } from './store/store.ts'

export type EndingDeps = { rooms: Pick<Rooms, 'commit'>; store: PollsStore }

/** Closed polls of a room that keep their records (rule PO13). */
const keptRecords = 20

/** Refusals after which nothing is left to do in the room. */
const over: readonly Failure[] = ['not_found', 'conflict', pollErrors.poll_closed]

/** The ops that close a poll: its votes leave the records afterwards. `by` null: its time is over. */
export const closingOps = (room_id: string, poll_id: string, by: string | null): Op[] => [
  { op: 'change', type: pollRecord, key: poll_id, next: (record, { now }) => closed(record, by, now) },
  { op: 'enqueue', job: newJob(settlePollJob, { room_id, poll_id }) },
]

/** What happens to polls that are closed or gone, and to the votes of deleted accounts (rules PO12 to PO14, PO16, PO17). */
export function createEnding({ rooms, store }: EndingDeps) {
  /** Also in a room that is closed, whose members can still read it (rule PO17). */
  async function commit(room_id: string, action: string, ops: readonly Op[]): Promise<void> {
    const call = { actor: 0, action, client_id: null, members_only: false, after_close: true, ops }
    await rooms
      .commit(room_id, null, () => call)
      .catch((error: unknown) => {
        const refused = AppError.from(error)
        if (!over.some((failure) => refused.is(failure))) throw error
      })
  }

  const close = (room_id: string, poll_id: string, run: JobRun) =>
    commit(room_id, 'polls.close', [...closingOps(room_id, poll_id, null), { op: 'settle', run }])

  /** Takes the votes of a poll out of the records of its voters (rules PO9, PO13). Continues after any interruption. */
  async function release(poll: NamedPoll, signal: AbortSignal): Promise<void> {
    const { room_id, poll_id } = poll
    for (let holders = await store.holders(poll); holders.length > 0; holders = await store.holders(poll)) {
      signal.throwIfAborted()
      const ops = holders.map(
        (key): Op => ({ op: 'change', type: pollVoteRecord, key, next: (record) => withoutPoll(record, poll_id) }),
      )
      await commit(room_id, 'polls.settle', ops)
      await store.released(poll, holders)
    }
  }

  async function removeRecords(room_id: string, ids: readonly string[]): Promise<void> {
    const ops = ids.map((key): Op => ({ op: 'remove', type: pollRecord, key }))
    await commit(room_id, 'polls.settle', ops)
  }

  async function settle(poll: NamedPoll, signal: AbortSignal): Promise<void> {
    await release(poll, signal)
    const { room, room_id } = poll
    for (let old = await store.beyond(room, keptRecords); old.length > 0; old = await store.beyond(room, keptRecords)) {
      signal.throwIfAborted()
      await removeRecords(room_id, old)
      await store.unrecorded(room, old)
    }
  }

  /** Rule PO17. */
  async function closeLeft(signal: AbortSignal): Promise<void> {
    for (let left = await store.left(); left.length > 0; left = await store.left()) {
      for (const poll of left) {
        signal.throwIfAborted()
        const { room_id, poll_id } = poll
        await commit(room_id, 'polls.close', [
          ...closingOps(room_id, poll_id, null),
          { op: 'cancel', type: closePollJob, key: poll_id },
        ])
        await store.ended(poll)
      }
    }
  }

  /** Rules PO14 and PO17. */
  async function sweep(signal: AbortSignal): Promise<void> {
    await closeLeft(signal)
    for (let gone = await store.gone(); gone.length > 0; gone = await store.gone()) {
      for (const poll of gone) {
        signal.throwIfAborted()
        await removeRecords(poll.room_id, [poll.poll_id])
        await release(poll, signal)
        await commit(poll.room_id, 'polls.settle', [{ op: 'cancel', type: closePollJob, key: poll.poll_id }])
        await store.remove(poll)
      }
    }
  }

  async function forgetVote(poll: NamedPoll, { num, id }: UserRef): Promise<void> {
    const { room_id, poll_id } = poll
    await commit(room_id, 'polls.vote', [
      { op: 'change', type: pollRecord, key: poll_id, next: (record) => forgotten(record, id) },
      { op: 'remove', type: pollVoteRecord, key: id },
    ])
    const kept = await store.find(poll)
    if (kept && !kept.open && kept.value) await store.keep(poll, forgotten(kept.value, id) ?? kept.value)
    await store.forget(poll, num)
  }

  const jobs: readonly JobHandler[] = [
    handle(closePollJob, ({ room_id, poll_id }, { run }) => close(room_id, poll_id, run)),
    handle(settlePollJob, ({ room_id, poll_id }, { room, signal }) => settle({ room, room_id, poll_id }, signal)),
    handle(sweepPollsJob, (_, { signal }) => sweep(signal)),
  ]

  return {
    jobs,
    /** Rule PO16. */
    async forgetUser(user: UserRef, most: number): Promise<Part> {
      const polls = await store.votedBy(user.num, most)
      for (const poll of polls) await forgetVote(poll, user)
      return { found: polls.length, next: polls.length === most ? 'more' : null }
    },
  }
}
