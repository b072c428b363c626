import type { Call } from '../actions.ts'
import type { Connection, Payload } from '../connection/connection.ts'
import { ParlorError } from '../error.ts'
import { type EventPayload, type Handlers, handle, type Heard, isHeard, isMessage, seqOf } from '../events.ts'
import { isTokenTrouble } from '../connection/failure.ts'
import { createListeners } from '../listeners.ts'
import { isModerator } from '../permissions.ts'
import { createMessageLog } from './messages.ts'
import type { Outbox, Place } from './outbox.ts'
import { createPresence, createTyping } from './presence.ts'
import { createRecordPages } from './record-pages.ts'
import { createRecords } from './records.ts'
import { changesOf, isOut, joinedBy, joining, refusedBy } from './state.ts'
import { createStore } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import { createTypingNotice } from './typing-notice.ts'
import type { Me, Message, Room, RoomState, WayIn } from '../types.ts'

export type RoomDeps = {
  connection: Connection
  call: Call
  outbox: Outbox
  time: Time
  me: () => Me | null
  user_id: () => string | null
  windowSize: number
  /** It is followed no longer. */
  onDetach: () => void
}

/** A room as the client runs it. */
export type FollowedRoom = {
  readonly room: Room
  place(): Place
  /** The connection is there: it joins. */
  up(): void
  down(): void
  /** Another person is signed in: what the one before saw is not theirs. */
  forget(): void
  hear(event: string, data: Payload): void
  close(): void
}

/** Pauses after a join that may pass later. */
const pauses = { first: 500, most: 10_000 }

/** Refusals that pass by themselves, if at all, and say what to do about them. */
const toldCodes: ReadonlySet<string> = new Set(['room_full', 'room_locked', 'account_or_invite_required'])

type Joined = EventPayload<'room_joined'>
/** `silent`: of a first snapshot, which nobody who listens to events missed. */
type Coming = 'live' | 'caught up' | 'silent'

export function createRoom(id: string, firstWay: WayIn, deps: RoomDeps): FollowedRoom {
  const { connection, call, outbox, time } = deps
  const state = createStore<RoomState>(joining)
  const presence = createPresence()
  const typing = createTyping(time)
  const records = createRecords()
  const pages = createRecordPages({ records, time, page: (cursor) => call('rooms.state', { room_id: id, cursor }) })
  const log = createMessageLog({
    ...{ room_id: id, size: deps.windowSize, outbox, me: deps.me },
    page: (asked) => call('messages.history', { room_id: id, ...asked }),
  })
  const typingNotice = createTypingNotice(time, (is) => say('typing', { typing: is }))
  const listeners = createListeners()

  let way = firstWay
  /** Whose it is; null: of whoever signs in first. */
  let wayOf = deps.user_id()
  /** What was seen of the room so far; null: nothing. */
  let cursor: { seq: number; epoch: string } | null = null
  let ownState: Payload | null = null
  let attempts = 0
  /** Grows with each join and each cut: what was asked before is nothing any more. */
  let round = 0
  let cancelRetry = () => {}
  let isClosed = false
  /** One asked to come back in after having been out: that one was out is known. */
  let isAsked = false

  const say = (event: string, payload: object) => {
    if (state.get().phase === 'live') connection.say(event, { room_id: id, ...payload })
  }

  function join(): void {
    cancelRetry()
    if (isOut(state.get()) || !connection.isUp()) return
    const asked = { room_id: id, ...way, ...(cursor ? { after_seq: cursor.seq, epoch: cursor.epoch } : {}) }
    round += 1
    const own = round
    connection.ask<{ waiting?: true; room: { id: string; name: string } }>('join_room', asked, (answer) => {
      if (own !== round) return
      if ('error' in answer) refused(answer.error)
      // Who is let in hears `room_joined`, at once or later.
      else if (answer.data.waiting && state.get().phase !== 'live') wait(answer.data.room)
    })
  }

  function wait({ id, name }: { id: string; name: string }): void {
    attempts = 0
    state.set({ ...state.get(), phase: 'waiting', waiting_for: { id, name }, error: null })
  }

  function refused(error: ParlorError): void {
    // A new connection joins again by itself.
    if (error.code === 'offline' || isTokenTrouble(error)) return
    const wasIn = state.get().phase === 'catching_up'
    // Somebody waits for the answer: they are told, and decide.
    const isTold = toldCodes.has(error.code) || isTriedTooOften(error)
    const isOver = error.retry === 'never' || error.code === 'sent_out'
    if (error.code === 'conflict' || (!isOver && (wasIn || !isTold))) {
      const pause = backoff(time, attempts, pauses.first, pauses.most)
      attempts += 1
      cancelRetry = time.after(Math.max(pause, (error.details.retry_after ?? 0) * 1000), join)
      return
    }
    leave(refusedBy(state.get(), error))
  }

  /** Too many passwords were tried. */
  const isTriedTooOften = ({ code }: ParlorError) => code === 'rate_limited' && way.password !== undefined

  /** One is not in the room any more. */
  function leave(next: RoomState): void {
    round += 1
    cancelRetry()
    pages.stop()
    state.set(next)
    presence.reset([])
    typing.clear()
    outbox.wake(id)
  }

  function joined(data: Joined): void {
    attempts = 0
    const before = cursor?.epoch === data.epoch ? cursor.seq : null
    if (!data.recovered) {
      cursor = null
      records.clear()
      log.begin(data.history_before)
      pages.begin(data.more ?? null)
    }
    cursor = { seq: data.recovered ? (before ?? 0) : 0, epoch: data.epoch }
    for (const { event, data: payload } of data.events) {
      const isNews = before !== null && (seqOf(event, payload) ?? 0) > before
      take(event, payload, isNews || data.recovered ? 'caught up' : 'silent')
    }
    for (const record of data.records) records.whole(record)
    moveTo(data.seq)
    const out = isAsked ? null : outMeanwhile(data)
    isAsked = false
    if (out) {
      // Joining a room that is open to all has brought one back in: the one who is here decides that (rule S6).
      connection.say('leave_room', { room_id: id })
      return leave(out)
    }
    presence.reset(data.presence)
    // Who was renamed meanwhile is told by no event.
    for (const { user } of data.presence) log.know(user)
    typing.clear()
    state.set(joinedBy(state.get(), data))
    if (ownState) say('presence', { state: ownState })
    pages.resume()
    outbox.wake(id)
  }

  /** Where one would be, had one been here when one's membership was ended; null: it was not. */
  function outMeanwhile({ recovered, events }: Joined): RoomState | null {
    if (!recovered) return null
    for (const { event, data } of events) {
      const heard = { event, data }
      if (!isHeard(heard) || heard.event !== 'member_left') continue
      const next = handle(changesOf(state.get()), heard)
      if (next && isOut(next)) return next
    }
    return null
  }

  /** Everything of the log, live or caught up, goes through here (rule S1). */
  function take(event: string, data: object, coming: Coming): void {
    const seq = seqOf(event, data)
    if (seq !== null) {
      if (!cursor || seq <= cursor.seq) return
      cursor = { ...cursor, seq }
    }
    const heard = { event, data }
    if (!isHeard(heard)) return
    if (isMessage(heard)) takeMessage(heard.data)
    else if (coming === 'live') takeNews(heard)
    if (coming !== 'silent') listeners.tell(heard)
  }

  function takeMessage(message: Message): void {
    log.know(message.sender)
    log.hear(message)
    if (message.sender.id === deps.user_id()) outbox.settle(message)
    typing.heard(message.sender, false)
    outbox.wake(id)
  }

  const news: Handlers<void> = {
    record_changed: (change) => records.changed(change),
    room_position: ({ seq }) => moveTo(seq),
    user_joined: ({ user }) => presence.joined(user),
    user_left({ user }) {
      typing.heard(user, false)
      presence.left(user.id)
    },
    user_updated({ user }) {
      presence.updated(user)
      typing.updated(user)
      log.know(user)
    },
    presence_changed: ({ user_id, peer_id, state }) => presence.changed(user_id, peer_id, state),
    presence_count: ({ count }) => presence.counted(count),
    typing({ user, typing: is }) {
      if (user.id !== deps.user_id()) typing.heard(user, is)
    },
  }

  function takeNews(heard: Heard): void {
    handle(news, heard)
    changeState(handle(changesOf(state.get()), heard) ?? state.get())
  }

  function denied({ code, error }: EventPayload<'join_denied'>): void {
    const why = new ParlorError(code, error)
    leave(code === 'room_closed' ? refusedBy(state.get(), why) : { ...state.get(), phase: 'denied', error: why })
  }

  function changeState(next: RoomState): void {
    const before = state.get()
    if (next === before) return
    if (isOut(next)) return leave(next)
    if (next.phase === 'joining') {
      leave(next)
      return join()
    }
    state.set(next)
    if (isModerator(next.me?.role ?? '') && !isModerator(before.me?.role ?? '')) void loadWaiting(round)
  }

  /** Who becomes a moderator hears of those who wait from then on, and asks for those who waited before. */
  async function loadWaiting(own: number): Promise<void> {
    const seq = cursor?.seq ?? 0
    const { items } = await call('rooms.waiting', { room_id: id }).catch(() => ({ items: [] }))
    if (own !== round) return
    for (const value of items) records.whole({ type: 'waiting', key: value.user.id, seq, value })
  }

  function moveTo(seq: number): void {
    if (cursor && seq > cursor.seq) cursor = { ...cursor, seq }
  }

  function detach(): void {
    if (isClosed) return
    if (!isOut(state.get())) {
      connection.say('leave_room', { room_id: id })
      leave({ ...state.get(), phase: 'left', error: null })
    }
    close()
    deps.onDetach()
  }

  function close(): void {
    isClosed = true
    round += 1
    cancelRetry()
    pages.stop()
    typing.clear()
    log.close()
  }

  const room: Room = {
    id,
    state,
    messages: log.messages,
    presence: presence.store,
    typing: typing.store,
    records: (type) => records.of(type),
    send(content, { reply_to } = {}) {
      typingNotice.sent()
      return outbox.put(id, content, reply_to ?? null)
    },
    setTyping: typingNotice.set,
    setState(next) {
      ownState = next
      say('presence', { state: next })
    },
    async signal(name, data, to) {
      await call('rooms.signal', { room_id: id, name, data, ...(to === undefined ? {} : { to }) })
    },
    on: listeners.on,
    retry(nextWay) {
      if (nextWay) {
        way = nextWay
        wayOf = deps.user_id()
      }
      if (isClosed || !isOut(state.get())) return
      isAsked = true
      state.set({ ...state.get(), phase: cursor ? 'catching_up' : 'joining', error: null })
      join()
    },
    detach,
    async leave() {
      await call('rooms.leave', { room_id: id })
      detach()
    },
  }

  return {
    room,
    place: () => ({
      isReady: state.get().phase === 'live' || isOut(state.get()),
      position: cursor?.seq ?? 0,
    }),
    up: join,
    down() {
      round += 1
      cancelRetry()
      pages.stop()
      typing.clear()
      if (state.get().phase === 'live') state.set({ ...state.get(), phase: 'catching_up' })
    },
    forget() {
      const user_id = deps.user_id()
      if (wayOf !== null && wayOf !== user_id) way = {}
      wayOf = user_id
      round += 1
      cancelRetry()
      isAsked = false
      cursor = null
      pages.begin(null)
      ownState = null
      records.clear()
      log.begin(null)
      presence.reset([])
      typing.clear()
      state.set(joining)
    },
    hear(event, data) {
      const heard = { event, data }
      if (!isHeard(heard)) return
      if (heard.event === 'room_joined') joined(heard.data)
      else if (heard.event === 'join_denied') denied(heard.data)
      else if (state.get().phase === 'live') take(event, data, 'live')
    },
    close,
  }
}
