import type { ActionInput } from '../actions.ts'
import { asParlorError } from '../connection/failure.ts'
import type { ParlorError } from '../error.ts'
import type { RecordValues } from '../generated/records.generated.ts'
import type { Poll, PollOption, PollVote } from '../generated/shapes.generated.ts'
import { newClientId } from '../room/outbox/unsent.ts'
import { createStore, derived, type Store } from '../store.ts'
import type { Parlor, Room } from '../types.ts'
import { isSame, noVote, type OwnVote, type PollView, withVote } from './view.ts'

export { newClientId }
export type { Poll, PollOption, PollView, PollVote }

/** The polls of a room by id: those that are open or were closed lately, and older ones once they are loaded. */
export type Polls = Store<ReadonlyMap<string, PollView>> & {
  /**
   * Asks a question; resolves when the server has stored it. After a lost answer, asking the same again with the same `client_id`
   * and `closes_at` creates no second poll.
   */
  create(asked: NewPoll): Promise<Poll>
  /** Votes instead of before; no options take the vote back. It is shown at once. Rejects if it is refused. */
  vote(poll_id: string, option_ids: readonly string[]): Promise<void>
  close(poll_id: string): Promise<void>
  /** Reads a poll that is not known, of an older message; resolves with false if there is none. */
  load(poll_id: string): Promise<boolean>
  /** Adds polls of `polls.list`. */
  add(found: readonly Poll[]): void
  /** Ends the store. */
  end(): void
}

export type NewPoll = Omit<ActionInput<'polls.create'>, 'room_id'>

type Known = {
  /** Polls that were read or answered, for those without a record. */
  read: ReadonlyMap<string, Poll>
  /** What the user chose in polls that were closed since: their record does not say it any more. */
  chosen: ReadonlyMap<string, readonly string[]>
  own: ReadonlyMap<string, OwnVote>
}

const nothing: Known = { read: new Map(), chosen: new Map(), own: new Map() }
const none: readonly string[] = []

/** Follows the polls of a joined room (rules PL1 to PL3). */
export function followPolls(parlor: Pick<Parlor, 'me' | 'call'>, room: Pick<Room, 'id' | 'records'>): Polls {
  const room_id = room.id
  const records = room.records('poll')
  const votes = room.records('poll_vote')
  const known = createStore<Known>(nothing)
  let owner = parlor.me.get()?.id ?? null

  const putRead = (...polls: readonly Poll[]) =>
    known.set({
      ...known.get(),
      read: new Map([...known.get().read, ...polls.map((poll) => [poll.id, poll] as const)]),
    })
  const putOwn = (id: string, vote: OwnVote) =>
    known.set({ ...known.get(), own: new Map([...known.get().own, [id, vote]]) })

  const heldVotes = (): Readonly<Record<string, readonly string[]>> =>
    (owner === null ? undefined : votes.get().get(owner)?.value) ?? {}

  /** The poll as the server has it, with the user's vote. */
  function stored(id: string): Poll | null {
    const value = records.get().get(id)?.value
    return value === undefined ? (known.get().read.get(id) ?? null) : recorded(id, value)
  }

  function recorded(id: string, value: RecordValues['poll']): Poll {
    const { read, chosen } = known.get()
    const kept = value.closed_at === null ? none : (chosen.get(id) ?? read.get(id)?.my_option_ids ?? none)
    return { id, room_id, ...value, my_option_ids: heldVotes()[id] ?? kept }
  }

  const made = new Map<string, { from: readonly unknown[]; view: PollView }>()
  /** The same object while nothing of the poll has changed, so that only what shows it is drawn again. */
  function viewOf(id: string): PollView | null {
    const { read, chosen, own } = known.get()
    const from = [records.get().get(id), heldVotes()[id], read.get(id), chosen.get(id), own.get(id)]
    const before = made.get(id)
    if (before?.from.every((part, place) => part === from[place])) return before.view
    const poll = stored(id)
    if (poll === null) return null
    const view = withVote(poll, own.get(id) ?? noVote)
    made.set(id, { from, view })
    return view
  }

  const shown = derived([records, votes, known], () => {
    const ids = new Set([...known.get().read.keys(), ...records.get().keys()])
    const all = [...ids].flatMap((id): [string, PollView][] => {
      const view = viewOf(id)
      return view ? [[id, view]] : []
    })
    return new Map(all)
  })

  /** Another user begins with nothing. */
  function changeUser(): void {
    const now = parlor.me.get()?.id ?? null
    if (now === owner) return
    owner = now
    made.clear()
    underWay.clear()
    known.set(nothing)
  }

  /**
   * Votes leave the record when their poll is closed: what they were is kept here. Whatever the record says now is newer than a
   * vote that was stored before.
   */
  function remember(): void {
    const { chosen, own } = known.get()
    const told = [...own].filter(([, { isStored }]) => !isStored)
    known.set({ ...known.get(), chosen: new Map([...chosen, ...Object.entries(heldVotes())]), own: new Map(told) })
  }

  let held = records.get()
  /**
   * A poll that was read and leaves the record stays as it was last if it was closed. An open one was deleted, or closed unheard:
   * it is to be loaded again.
   */
  function keepLast(): void {
    const before = held
    held = records.get()
    const { read } = known.get()
    const gone = [...before].filter(([id]) => read.has(id) && !held.has(id))
    if (gone.length === 0) return
    const next = new Map(read)
    for (const [id, { value }] of gone) {
      if (value.closed_at === null) next.delete(id)
      else next.set(id, recorded(id, value))
    }
    known.set({ ...known.get(), read: next })
  }

  /** Votes of one poll that wait for the one under way: the last of them is sent next (rule PL2). */
  const underWay = new Map<string, Promise<void>>()

  async function send(poll_id: string): Promise<void> {
    const by = owner
    for (;;) {
      const option_ids = known.get().own.get(poll_id)?.option_ids
      if (option_ids == null) return
      const outcome = await parlor.call('polls.vote', { room_id, poll_id, option_ids }).then(
        (poll) => ({ poll }),
        (error: unknown) => ({ error: asParlorError(error) }),
      )
      // Of another user by now.
      if (by !== owner) return
      const isLast = known.get().own.get(poll_id)?.option_ids === option_ids
      if ('poll' in outcome) putRead(outcome.poll)
      if (!isLast) continue
      if ('error' in outcome) {
        putOwn(poll_id, { ...noVote, error: outcome.error })
        throw outcome.error
      }
      // The room tells of it a moment later: until then the vote must not disappear.
      const isTold = isSame(heldVotes()[poll_id] ?? none, option_ids)
      putOwn(poll_id, isTold ? noVote : { option_ids, isStored: true, error: null })
      return
    }
  }

  /** An answer to a user who has left says what they chose: it is not kept for the next one. */
  async function answerOf(call: Promise<Poll>): Promise<Poll> {
    const by = owner
    const poll = await call
    if (by === owner) putRead(poll)
    return poll
  }

  const ends = [parlor.me.subscribe(changeUser), votes.subscribe(remember), records.subscribe(keepLast)]
  remember()

  return {
    get: shown.get,
    subscribe: shown.subscribe,
    create: (asked) => answerOf(parlor.call('polls.create', { client_id: newClientId(), ...asked, room_id })),
    vote(poll_id, option_ids) {
      // Subscribers hear of another user a moment later.
      changeUser()
      putOwn(poll_id, { option_ids, isStored: false, error: null })
      const waiting = underWay.get(poll_id)
      if (waiting) return waiting
      const sending = send(poll_id).finally(() => {
        if (underWay.get(poll_id) === sending) underWay.delete(poll_id)
      })
      underWay.set(poll_id, sending)
      return sending
    },
    async close(poll_id) {
      await answerOf(parlor.call('polls.close', { room_id, poll_id }))
    },
    async load(poll_id) {
      if (shown.get().has(poll_id)) return true
      const found = await answerOf(parlor.call('polls.get', { room_id, poll_id })).catch((error: ParlorError) => {
        if (error.code === 'not_found') return null
        throw error
      })
      return found !== null
    },
    add: (found) => putRead(...found),
    end() {
      for (const stop of ends) stop()
      shown.close()
    },
  }
}
