import type { Call } from '../actions.ts'
import type { Connection, Payload } from '../connection/connection.ts'
import { ParlorError } from '../error.ts'
import {
  type EventPayload,
  type Handlers,
  handle,
  isMessage,
  isReceived,
  type ReceivedEvent,
  seqOf,
} from '../events.ts'
import { createListeners } from '../listeners.ts'
import { isModerator } from '../permissions.ts'
import { createStore } from '../store.ts'
import type { Time } from '../time.ts'
import type { Me, Message, Room, RoomState, WayIn } from '../types.ts'
import { createEntry, type Cursor } from './entry.ts'
import { createMessageLog } from './messages.ts'
import type { Marks } from './marks.ts'
import type { Outbox, RoomProgress } from './outbox/outbox.ts'
import { createPresence, createTyping } from './presence.ts'
import { createRecordPages } from './record-pages.ts'
import { changeOf, createRecords, type RecordEvents } from './records.ts'
import { changesOf, isOut, joinedBy, joining, leftMeanwhile, refusedBy } from './state.ts'
import { createTypingNotice } from './typing-notice.ts'

export type RoomDeps = {
  connection: Connection
  call: Call
  outbox: Outbox
  marks: Pick<Marks, 'read' | 'unread' | 'hurry'>
  time: Time
  me: () => Me | null
  user_id: () => string | null
  windowSize: number
  recordEvents: RecordEvents
  /** The room was detached. */
  onDetach: () => void
}

/** A room as the client runs it. */
export type FollowedRoom = {
  readonly room: Room
  progress(): RoomProgress
  /** Connected: joins. */
  up(): void
  /** The connection is lost. */
  down(): void
  /** Another user is signed in: nothing of the previous user's data is theirs (rule S8). */
  changeUser(): void
  receive(event: string, data: Payload): void
  close(): void
}

type Joined = EventPayload<'room_joined'>

/** The source of an event. `snapshot`: with the first join, so that listeners have missed nothing. */
type Delivery = 'live' | 'caught_up' | 'snapshot'

export function createRoom(id: string, firstAccess: WayIn, deps: RoomDeps): FollowedRoom {
  const { connection, call, outbox, time, user_id } = deps
  const state = createStore<RoomState>(joining)
  const presence = createPresence()
  const typing = createTyping(time)
  const records = createRecords()
  const pages = createRecordPages({ records, time, page: (cursor) => call('rooms.state', { room_id: id, cursor }) })
  const log = createMessageLog({
    ...{ room_id: id, size: deps.windowSize, outbox, me: deps.me },
    page: (range) => call('messages.history', { room_id: id, ...range }),
  })
  const listeners = createListeners()
  /** The position up to which the room has been read; null: nothing was read. */
  let cursor: Cursor | null = null
  const entry = createEntry(id, firstAccess, deps, state, {
    cursor: () => cursor,
    onRefused: (error) => leave(refusedBy(state.get(), error)),
  })
  const typingNotice = createTypingNotice(time, (isTyping) => emit('typing', { typing: isTyping }))

  /** This connection's presence values by slot. */
  const ownValues = new Map<string, unknown>()
  let isClosed = false
  /** The application called `retry`, so it knows that the membership had ended. */
  let isReturning = false

  const setSlot = (slot: string, value: unknown) => {
    ownValues.set(slot, value)
    emit('presence', { slot, state: value })
  }
  const emit = (event: string, payload: object) => {
    if (state.get().phase === 'live') connection.emit(event, { room_id: id, ...payload })
  }

  /** Delivery has ended, temporarily or for good. */
  function pause(): void {
    entry.cancel()
    pages.stop()
    typing.clear()
  }

  /** The user is no longer in the room. */
  function leave(next: RoomState): void {
    pause()
    state.set(next)
    presence.reset([])
    outbox.resume(id)
  }

  function joined(data: Joined): void {
    entry.joined()
    takeOver(data)
    const out = isReturning ? null : leftMeanwhile(state.get(), data)
    isReturning = false
    if (out) {
      // The join made the user a member again, because the room is open to all. Only the user may decide that (rule
      // S6).
      connection.emit('leave_room', { room_id: id })
      return leave(out)
    }
    presence.reset(data.presence)
    // No event reports name changes during the gap.
    for (const { user } of data.presence) log.updatePerson(user)
    typing.clear()
    state.set(joinedBy(state.get(), data))
    for (const [slot, value] of ownValues) if (value !== null) emit('presence', { slot, state: value })
    pages.resume()
    outbox.resume(id)
  }

  /**
   * Applies the result of a join: the events missed since the cursor, or a snapshot that replaces everything (rule S2).
   */
  function takeOver({ recovered, epoch, seq, events, records: items, history_before, more }: Joined): void {
    const known = cursor?.epoch === epoch ? cursor.seq : null
    if (!recovered) begin(history_before, more ?? null)
    cursor = { seq: recovered ? (known ?? 0) : 0, epoch }
    for (const { event, data } of events) {
      const isNew = recovered || (known !== null && (seqOf(event, data) ?? 0) > known)
      apply(event, data, isNew ? 'caught_up' : 'snapshot')
    }
    for (const record of items) records.whole(record)
    advance(seq)
  }

  function begin(historyBefore: number | null, nextPage: string | null): void {
    records.clear()
    log.begin(historyBefore)
    pages.begin(nextPage)
  }

  /** Advances the cursor; false for an event that was already read, and before anything was read. */
  function advance(seq: number): boolean {
    if (!cursor || seq <= cursor.seq) return false
    cursor = { ...cursor, seq }
    return true
  }

  /** Applies a live or recovered event: in order and once (rule S1). */
  function apply(event: string, data: object, delivery: Delivery): void {
    const seq = seqOf(event, data)
    if (seq !== null && !advance(seq)) return
    const received = { event, data }
    if (!isReceived(received)) return
    if (isMessage(received)) applyMessage(received.data)
    else if (delivery === 'live') applyLive(received)
    if (delivery !== 'snapshot') listeners.tell(received)
  }

  function applyMessage(message: Message): void {
    log.updatePerson(message.sender)
    log.receive(message)
    if (message.sender.id === user_id()) outbox.confirm(message)
    typing.changed(message.sender, false)
    outbox.resume(id)
  }

  const handlers: Handlers<void> = {
    record_changed: records.changed,
    room_position: ({ seq }) => void advance(seq),
    user_joined: ({ user }) => presence.joined(user),
    user_left({ user }) {
      typing.changed(user, false)
      presence.left(user.id)
    },
    user_updated({ user }) {
      presence.updated(user)
      typing.updated(user)
      log.updatePerson(user)
    },
    presence_changed: ({ user_id, peer_id, slots }) => presence.changed(user_id, peer_id, slots),
    presence_count: ({ count }) => presence.counted(count),
    typing({ user, typing: isTyping }) {
      if (user.id !== user_id()) typing.changed(user, isTyping)
    },
  }

  function applyLive(received: ReceivedEvent): void {
    const change = changeOf(received, deps.recordEvents)
    if (change) records.changed(change)
    else handle(handlers, received)
    changeState(handle(changesOf(state.get()), received) ?? state.get())
  }

  function denied({ code, error }: EventPayload<'join_denied'>): void {
    const reason = new ParlorError(code, error)
    leave(code === 'room_closed' ? refusedBy(state.get(), reason) : { ...state.get(), phase: 'denied', error: reason })
  }

  function changeState(next: RoomState): void {
    const before = state.get()
    if (next === before) return
    if (isOut(next)) return leave(next)
    if (next.phase === 'joining') {
      leave(next)
      return entry.join()
    }
    state.set(next)
    const became = isModerator(next.me?.role ?? '') && !isModerator(before.me?.role ?? '')
    if (became) void loadWaiting(entry.attempt())
  }

  /** A new moderator receives later changes of the waiting list, and requests its current content here. */
  async function loadWaiting(attempt: number): Promise<void> {
    const seq = cursor?.seq ?? 0
    const { items } = await call('rooms.waiting', { room_id: id }).catch(() => ({ items: [] }))
    if (attempt !== entry.attempt()) return
    for (const value of items) records.whole({ type: 'waiting', key: value.user.id, seq, value })
  }

  function detach(): void {
    if (isClosed) return
    deps.marks.hurry()
    if (!isOut(state.get())) {
      connection.emit('leave_room', { room_id: id })
      leave({ ...state.get(), phase: 'left', error: null })
    }
    close()
    deps.onDetach()
  }

  function close(): void {
    isClosed = true
    pause()
    log.close()
  }

  const room: Room = {
    id,
    state,
    messages: log.messages,
    presence: presence.store,
    typing: typing.store,
    records: (type) => records.of(type),
    send(content, { reply_to, file_ids } = {}) {
      typingNotice.sent()
      return outbox.enqueue(id, content, reply_to ?? null, file_ids)
    },
    setFiles: outbox.setFiles,
    setTyping: typingNotice.set,
    setState: (next) => setSlot('app', next),
    setSlot,
    async signal(name, data, to) {
      await call('rooms.signal', { room_id: id, name, data, ...(to === undefined ? {} : { to }) })
    },
    async setLanguages(languages) {
      await call('rooms.updateMe', { room_id: id, languages })
    },
    markRead: (seq, { clearUnread = false } = {}) =>
      deps.marks.read(id, seq, { clears: clearUnread, among: presence.store.get().count }),
    markUnread: (seq) => deps.marks.unread(id, seq),
    on: listeners.on,
    retry(access) {
      if (access) entry.setAccess(access)
      if (isClosed || !isOut(state.get())) return
      isReturning = true
      state.set({ ...state.get(), phase: cursor ? 'catching_up' : 'joining', error: null })
      entry.join()
    },
    detach,
    async leave() {
      await call('rooms.leave', { room_id: id })
      detach()
    },
  }

  return {
    room,
    progress: () => ({
      isReady: state.get().phase === 'live' || isOut(state.get()),
      seq: cursor?.seq ?? 0,
    }),
    up: entry.join,
    down() {
      pause()
      if (state.get().phase === 'live') state.set({ ...state.get(), phase: 'catching_up' })
    },
    changeUser() {
      entry.changeUser()
      pause()
      isReturning = false
      ownValues.clear()
      cursor = null
      begin(null, null)
      presence.reset([])
      state.set(joining)
    },
    receive(event, data) {
      const received = { event, data }
      if (!isReceived(received)) return
      if (received.event === 'room_joined') joined(received.data)
      else if (received.event === 'join_denied') denied(received.data)
      else if (state.get().phase === 'live') apply(event, data, 'live')
    },
    close,
  }
}
