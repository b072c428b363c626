import { asParlorError, isTokenTrouble } from '../../connection/failure.ts'
import type { Keep } from '../../connection/storage.ts'
import { createDeferred, type Deferred } from '../../deferred.ts'
import { ParlorError } from '../../error.ts'
import { createStore, type Store, type WritableStore } from '../../store.ts'
import { backoff, type Time } from '../../time.ts'
import type { FileIds, Message, Sending, SendingStatus } from '../../types.ts'
import { isStoredAs, newClientId, readAllUnsent, removeAllUnsent, type Unsent, writeUnsent } from './unsent.ts'

/** An own message for the timeline. */
export type Pending = {
  readonly unsent: Unsent
  readonly phase: SendingStatus
  /** The stored message; it stays in the outbox until the room's cursor has passed it. */
  readonly message: Message | null
}

/** A room's progress: whether messages can be sent to it now, and up to which `seq` it was read. */
export type RoomProgress = { isReady: boolean; seq: number }

export type OutboxDeps = {
  keep: Keep
  /** The prefix of its messages' keys in the storage. */
  prefix: string
  time: Time
  isUp: () => boolean
  /** Null: the room is not joined here. */
  progress: (room_id: string) => RoomProgress | null
  send: (unsent: Unsent) => Promise<Message>
}

/** Messages of all rooms that the server has not stored yet. */
export type Outbox = {
  /** The number of messages that are neither stored nor failed. */
  readonly queued: Store<number>
  /** The messages of one room, in the order of writing. */
  pending(room_id: string): Store<readonly Pending[]>
  enqueue(room_id: string, content: string, reply_to: string | null, file_ids?: FileIds): Sending
  /** A message that waits for its files is sent with these (rule O7). */
  setFiles(client_id: string, file_ids: readonly string[]): void
  /** Sends a failed message again; under a new client_id if the old one was used for a different message (rule O6). */
  retry(client_id: string): void
  discard(client_id: string): void
  /** The message arrived in the room: it is stored, whatever happened to its acknowledgement (rule O3). */
  confirm(message: Message): void
  /** The room became ready, or its cursor moved: continues sending, and drops messages that the room itself shows. */
  resume(room_id: string): void
  /** A new connection opened: continues in all rooms at once, without waiting for pauses to end. */
  resumeAll(): void
  /** Changes the author (null: signed out) and loads their unsent messages (rule O5). */
  load(user_id: string | null): void
  /** Discards all unsent messages of a user, in the storage too. */
  discardAll(user_id: string): void
  /** Stops sending; unsent messages stay in the storage. */
  close(): void
}

/** A message in the outbox. */
type Entry = {
  unsent: Unsent
  /** The message's key in the storage. */
  key: string
  phase: SendingStatus
  message: Message | null
  /** Replaced, never mutated, so that the timeline notices the change. */
  shown: Pending
  status: WritableStore<ReturnType<Sending['status']['get']>>
  stored: Deferred<Message>
}

/** The messages of one room, in the order of writing (rule O2). */
type RoomQueue = {
  entries: Entry[]
  shown: WritableStore<readonly Pending[]>
  isSending: boolean
  failures: number
  /** Set during the pause before the next attempt (rule O4). */
  cancelPause: (() => void) | null
}

/** Rule O4. */
const pauses = { first: 500, most: 15_000 }

export function createOutbox({ keep, prefix, time, isUp, progress, send }: OutboxDeps): Outbox {
  const queues = new Map<string, RoomQueue>()
  const queued = createStore(0)
  /** The signed-in user's id; null: nobody. */
  let user: string | null = null
  let lastOrder = 0
  let isClosed = false

  const prefixOf = (user_id: string | null) => `${prefix}${user_id}:`
  const keyOf = (client_id: string) => prefixOf(user) + client_id
  const allEntries = () => [...queues.values()].flatMap(({ entries }) => entries)
  const find = (client_id: string) => allEntries().find(({ unsent }) => unsent.client_id === client_id)

  function queueOf(room_id: string): RoomQueue {
    const known = queues.get(room_id)
    if (known) return known
    const shown = createStore<readonly Pending[]>([])
    const made: RoomQueue = { entries: [], shown, isSending: false, failures: 0, cancelPause: null }
    queues.set(room_id, made)
    return made
  }

  /** Notifies subscribers of a room's queue. */
  function publish(queue: RoomQueue): void {
    queue.shown.set(queue.entries.map(({ shown }) => shown))
    queued.set(allEntries().filter(({ phase }) => phase !== 'sent' && phase !== 'failed').length)
  }

  function setPhase(entry: Entry, phase: SendingStatus, code: string | null = null): void {
    entry.phase = phase
    entry.shown = { unsent: entry.unsent, phase, message: entry.message }
    entry.status.set({ phase, code })
    publish(queueOf(entry.unsent.room_id))
  }

  /** Appends a message to its room's queue; `publish` shows it. */
  function add(unsent: Unsent): Entry {
    const phase = unsent.failed ? 'failed' : unsent.file_ids === 'later' ? 'waiting' : 'queued'
    const stored = createDeferred<Message>()
    // Avoids an unhandled rejection in an application that only uses `status`.
    stored.promise.catch(() => {})
    const status: Entry['status'] = createStore({ phase, code: unsent.failed?.code ?? null })
    const key = keyOf(unsent.client_id)
    const entry: Entry = { unsent, key, phase, message: null, shown: { unsent, phase, message: null }, status, stored }
    queueOf(unsent.room_id).entries.push(entry)
    return entry
  }

  /** Sends the queued messages of a room one by one (rule O2), until the queue is empty or it must wait. */
  async function run(room_id: string): Promise<void> {
    const queue = queueOf(room_id)
    if (queue.isSending || queue.cancelPause || isClosed) return
    queue.isSending = true
    const writer = user
    try {
      for (;;) {
        const next = queue.entries.find(({ phase }) => phase === 'queued')
        if (!next || !isUp() || progress(room_id)?.isReady === false || user !== writer) return
        if (!(await attempt(next, queue))) return
      }
    } finally {
      queue.isSending = false
    }
  }

  /** Returns whether the next message may be sent at once. */
  async function attempt(entry: Entry, queue: RoomQueue): Promise<boolean> {
    setPhase(entry, 'sending')
    try {
      acknowledge(entry, await send(entry.unsent))
      queue.failures = 0
      return true
    } catch (thrown) {
      // It was confirmed or discarded, or its author signed out meanwhile.
      if (entry.phase !== 'sending') return true
      const error = asParlorError(thrown)
      if (error.retry === 'never' && !isTokenTrouble(error)) {
        fail(entry, error)
        return true
      }
      setPhase(entry, 'queued')
      // The next connection sends again.
      if (isUp()) pause(entry.unsent.room_id, queue, error)
      return false
    }
  }

  function pause(room_id: string, queue: RoomQueue, { details }: ParlorError): void {
    const wait = backoff(time, queue.failures, pauses.first, pauses.most)
    queue.failures += 1
    queue.cancelPause = time.after(Math.max(wait, (details.retry_after ?? 0) * 1000), () => {
      queue.cancelPause = null
      void run(room_id)
    })
  }

  function cancelPauses(): void {
    for (const queue of queues.values()) {
      queue.cancelPause?.()
      queue.cancelPause = null
    }
  }

  function fail(entry: Entry, error: ParlorError): void {
    entry.unsent = { ...entry.unsent, failed: { code: error.code, text: error.message } }
    writeUnsent(keep, entry.key, entry.unsent)
    entry.stored.reject(error)
    setPhase(entry, 'failed', error.code)
  }

  /** The server has stored the message. */
  function acknowledge(entry: Entry, message: Message): void {
    const { room_id } = entry.unsent
    if (entry.phase === 'sent' || !queueOf(room_id).entries.includes(entry)) return
    entry.message = message
    keep.remove(entry.key)
    entry.stored.resolve(message)
    setPhase(entry, 'sent')
    release(room_id)
  }

  /** Drops stored messages that the room itself shows. */
  function release(room_id: string): void {
    const queue = queueOf(room_id)
    const seq = progress(room_id)?.seq ?? Number.POSITIVE_INFINITY
    const left = queue.entries.filter(({ message }) => message === null || message.seq > seq)
    if (left.length === queue.entries.length) return
    queue.entries = left
    publish(queue)
  }

  return {
    queued,
    pending: (room_id) => queueOf(room_id).shown,
    enqueue(room_id, content, reply_to, file_ids = []) {
      lastOrder = Math.max(lastOrder + 1, time.now())
      const client_id = newClientId()
      const entry = add({ client_id, room_id, content, reply_to, file_ids, order: lastOrder, failed: null })
      // Not stored while nobody is signed in (rule O5).
      if (user !== null) writeUnsent(keep, entry.key, entry.unsent)
      publish(queueOf(room_id))
      void run(room_id)
      return { client_id, status: entry.status, stored: entry.stored.promise }
    },
    setFiles(client_id, file_ids) {
      const entry = find(client_id)
      if (entry?.phase !== 'waiting') return
      entry.unsent = { ...entry.unsent, file_ids }
      writeUnsent(keep, entry.key, entry.unsent)
      setPhase(entry, 'queued')
      void run(entry.unsent.room_id)
    },
    retry(client_id) {
      const entry = find(client_id)
      if (entry?.phase !== 'failed') return
      const isTaken = entry.unsent.failed?.code === 'client_id_reused'
      entry.unsent = { ...entry.unsent, ...(isTaken ? { client_id: newClientId() } : {}), failed: null }
      const { key } = entry
      entry.key = keyOf(entry.unsent.client_id)
      // The new one is stored before the old one is removed.
      writeUnsent(keep, entry.key, entry.unsent)
      if (key !== entry.key) keep.remove(key)
      setPhase(entry, 'queued')
      void run(entry.unsent.room_id)
    },
    discard(client_id) {
      const entry = find(client_id)
      if (!entry || entry.phase === 'sent') return
      entry.phase = 'failed'
      entry.status.set({ phase: 'failed', code: 'discarded' })
      entry.stored.reject(new ParlorError('discarded', 'The message was taken back'))
      keep.remove(entry.key)
      const queue = queueOf(entry.unsent.room_id)
      queue.entries = queue.entries.filter((other) => other !== entry)
      publish(queue)
    },
    confirm(message) {
      const entry = message.client_id === null ? undefined : find(message.client_id)
      if (entry?.unsent.room_id === message.room_id && isStoredAs(entry.unsent, message)) acknowledge(entry, message)
    },
    resume(room_id) {
      release(room_id)
      void run(room_id)
    },
    resumeAll() {
      cancelPauses()
      for (const room_id of queues.keys()) this.resume(room_id)
    },
    load(user_id) {
      if (user_id === user) return
      user = user_id
      cancelPauses()
      for (const queue of queues.values()) queue.entries = []
      for (const unsent of user === null ? [] : readAllUnsent(keep, prefixOf(user))) {
        lastOrder = Math.max(lastOrder, add(unsent).unsent.order)
      }
      for (const queue of queues.values()) publish(queue)
    },
    discardAll(user_id) {
      if (user_id === user) for (const { unsent } of allEntries()) this.discard(unsent.client_id)
      removeAllUnsent(keep, prefixOf(user_id))
    },
    close() {
      isClosed = true
      cancelPauses()
    },
  }
}
