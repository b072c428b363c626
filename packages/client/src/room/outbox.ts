import { ParlorError } from '../error.ts'
import { asParlorError, isFields, isTokenTrouble } from '../connection/failure.ts'
import { type Keep, readObject } from '../connection/storage.ts'
import { createStore, type Store, type WritableStore } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import type { Message, Sending, SendingStatus } from '../types.ts'

/** A message as it waits in the storage. */
export type Unsent = {
  client_id: string
  room_id: string
  content: string
  reply_to: string | null
  /** Ms; of two messages the one written later has the higher one, whatever the clock did. */
  order: number
  failed: { code: string; text: string } | null
}

/** One in this client's hands. */
export type Pending = {
  readonly unsent: Unsent
  readonly phase: SendingStatus
  /** As the server has it: it stays here until the room has come so far. */
  readonly message: Message | null
}

/** What a room says of itself to what is to be sent to it; null: it is not followed here. */
export type Place = { isReady: boolean; position: number }

export type OutboxDeps = {
  keep: Keep
  /** Its items stand under keys that begin so. */
  prefix: string
  time: Time
  isUp: () => boolean
  place: (room_id: string) => Place | null
  send: (unsent: Unsent) => Promise<Message>
}

export type Outbox = {
  /** How many are neither stored nor given up. */
  readonly queued: Store<number>
  /** Of one room, as they were written; another list whenever something changed. */
  pending(room_id: string): Store<readonly Pending[]>
  put(room_id: string, content: string, reply_to: string | null): Sending
  /** One whose client_id was used for something else is sent under a new one (rule O6). */
  retry(client_id: string): void
  discard(client_id: string): void
  /** The message came back in the room: it is stored, whatever became of its acknowledgement (rule O3). */
  settle(message: Message): void
  /** The room's position moved, or it became ready: what waited goes on, what it has come past is let go. */
  wake(room_id: string): void
  /** There is a new connection: what waited goes on without its pause. */
  wakeAll(): void
  /** Somebody else writes from now on, or nobody: their unsent messages are loaded (rule O5). */
  load(user_id: string | null): void
  /** Takes back all that this person has written and the server has not. */
  discardAll(user_id: string): void
  /** Nothing is sent any more; what is unsent waits in the storage. */
  close(): void
}

type Entry = {
  unsent: Unsent
  /** Where it stands in the storage: with whoever wrote it. */
  key: string
  phase: SendingStatus
  message: Message | null
  /** What is shown of it; another object whenever it is something else. */
  shown: Pending
  status: WritableStore<{ phase: SendingStatus; code: string | null }>
  stored: Deferred<Message>
}

type Lane = {
  entries: Entry[]
  shown: WritableStore<readonly Pending[]>
  isRunning: boolean
  attempts: number
  /** While it waits before it sends again, whatever is heard or written meanwhile. */
  endPause: (() => void) | null
}

/** Rule O4. */
const pauses = { first: 500, most: 15_000 }

export function createOutbox({ keep, prefix, time, isUp, place, send }: OutboxDeps): Outbox {
  const lanes = new Map<string, Lane>()
  const queued = createStore(0)
  let user: string | null = null
  let order = 0
  let isClosed = false

  function lane(room_id: string): Lane {
    const known = lanes.get(room_id)
    if (known) return known
    const shown = createStore<readonly Pending[]>([])
    const made: Lane = { entries: [], shown, isRunning: false, attempts: 0, endPause: null }
    lanes.set(room_id, made)
    return made
  }

  function write({ key, unsent }: Entry): void {
    try {
      keep.set(key, JSON.stringify(unsent))
    } catch {
      // A storage that is full: the message lives as long as the page, and is sent all the same.
    }
  }

  function show(of: Lane): void {
    of.shown.set(of.entries.map(({ shown }) => shown))
    const all = [...lanes.values()].flatMap(({ entries }) => entries)
    queued.set(all.filter(({ phase }) => phase === 'queued' || phase === 'sending').length)
  }

  function become(entry: Entry, phase: SendingStatus, code: string | null = null): void {
    entry.phase = phase
    entry.shown = { unsent: entry.unsent, phase, message: entry.message }
    entry.status.set({ phase, code })
    show(lane(entry.unsent.room_id))
  }

  const keyOf = (client_id: string): string => `${prefix}${user}:${client_id}`

  function add(unsent: Unsent): Entry {
    const phase = unsent.failed ? 'failed' : 'queued'
    const stored = createDeferred<Message>()
    // Whoever looks at `status` need not look at this too.
    stored.promise.catch(() => {})
    const status = createStore<ReturnType<Sending['status']['get']>>({ phase, code: unsent.failed?.code ?? null })
    const key = keyOf(unsent.client_id)
    const entry: Entry = { unsent, key, phase, message: null, shown: { unsent, phase, message: null }, status, stored }
    lane(unsent.room_id).entries.push(entry)
    return entry
  }

  function drop(entry: Entry): void {
    const of = lane(entry.unsent.room_id)
    of.entries = of.entries.filter((other) => other !== entry)
    keep.remove(entry.key)
    show(of)
  }

  function find(client_id: string): Entry | undefined {
    return [...lanes.values()].flatMap(({ entries }) => entries).find(({ unsent }) => unsent.client_id === client_id)
  }

  /** Sends what is next, one after the other (rule O2), until there is nothing or it must wait. */
  async function run(room_id: string): Promise<void> {
    const of = lane(room_id)
    if (of.isRunning || of.endPause || isClosed) return
    of.isRunning = true
    const writer = user
    try {
      for (;;) {
        const next = of.entries.find(({ phase }) => phase === 'queued')
        if (!next || !isUp() || place(room_id)?.isReady === false || user !== writer) return
        if (!(await attempt(next, of))) return
      }
    } finally {
      of.isRunning = false
    }
  }

  /** Whether the next one may go on at once. */
  async function attempt(entry: Entry, of: Lane): Promise<boolean> {
    become(entry, 'sending')
    try {
      keepStored(entry, await send(entry.unsent))
      of.attempts = 0
      return true
    } catch (thrown) {
      // Settled, discarded or signed out meanwhile.
      if (entry.phase !== 'sending') return true
      const error = asParlorError(thrown)
      if (error.retry === 'never' && !isTokenTrouble(error)) {
        fail(entry, error)
        return true
      }
      become(entry, 'queued')
      // A new connection asks again by itself.
      if (isUp()) pause(entry.unsent.room_id, of, error)
      return false
    }
  }

  function pause(room_id: string, of: Lane, { details }: ParlorError): void {
    const wait = backoff(time, of.attempts, pauses.first, pauses.most)
    of.attempts += 1
    of.endPause = time.after(Math.max(wait, (details.retry_after ?? 0) * 1000), () => {
      of.endPause = null
      void run(room_id)
    })
  }

  function endPauses(): void {
    for (const of of lanes.values()) {
      of.endPause?.()
      of.endPause = null
    }
  }

  function fail(entry: Entry, error: ParlorError): void {
    entry.unsent = { ...entry.unsent, failed: { code: error.code, text: error.message } }
    write(entry)
    entry.stored.reject(error)
    become(entry, 'failed', error.code)
  }

  function keepStored(entry: Entry, message: Message): void {
    if (entry.phase === 'sent' || !lane(entry.unsent.room_id).entries.includes(entry)) return
    entry.message = message
    keep.remove(entry.key)
    entry.stored.resolve(message)
    become(entry, 'sent')
    letGo(entry.unsent.room_id)
  }

  /** What the room itself shows by now. */
  function letGo(room_id: string): void {
    const of = lane(room_id)
    const position = place(room_id)?.position ?? Number.POSITIVE_INFINITY
    const left = of.entries.filter(({ message }) => message === null || message.seq > position)
    if (left.length === of.entries.length) return
    of.entries = left
    show(of)
  }

  return {
    queued,
    pending: (room_id) => lane(room_id).shown,
    put(room_id, content, reply_to) {
      order = Math.max(order + 1, time.now())
      const entry = add({ client_id: newId(), room_id, content, reply_to, order, failed: null })
      // Nobody's is found by nobody.
      if (user !== null) write(entry)
      show(lane(room_id))
      void run(room_id)
      return { client_id: entry.unsent.client_id, status: entry.status, stored: entry.stored.promise }
    },
    retry(client_id) {
      const entry = find(client_id)
      if (entry?.phase !== 'failed') return
      const isTaken = entry.unsent.failed?.code === 'client_id_reused'
      entry.unsent = { ...entry.unsent, ...(isTaken ? { client_id: newId() } : {}), failed: null }
      // In the storage before the old one is out of it.
      const { key } = entry
      entry.key = keyOf(entry.unsent.client_id)
      write(entry)
      if (key !== entry.key) keep.remove(key)
      become(entry, 'queued')
      void run(entry.unsent.room_id)
    },
    discard(client_id) {
      const entry = find(client_id)
      if (!entry || entry.phase === 'sent') return
      entry.phase = 'failed'
      entry.status.set({ phase: 'failed', code: 'discarded' })
      entry.stored.reject(new ParlorError('discarded', 'The message was taken back'))
      drop(entry)
    },
    settle(message) {
      const entry = message.client_id === null ? undefined : find(message.client_id)
      if (entry?.unsent.room_id === message.room_id && isOf(entry.unsent, message)) keepStored(entry, message)
    },
    wake(room_id) {
      letGo(room_id)
      void run(room_id)
    },
    wakeAll() {
      endPauses()
      for (const room_id of lanes.keys()) this.wake(room_id)
    },
    load(user_id) {
      if (user_id === user) return
      user = user_id
      endPauses()
      for (const of of lanes.values()) of.entries = []
      if (user_id !== null)
        for (const unsent of readAll(keep, `${prefix}${user_id}:`)) order = Math.max(order, add(unsent).unsent.order)
      for (const of of lanes.values()) show(of)
    },
    discardAll(user_id) {
      if (user_id === user)
        for (const { unsent } of [...lanes.values()].flatMap(({ entries }) => entries)) this.discard(unsent.client_id)
      for (const key of keep.keys()) if (key.startsWith(`${prefix}${user_id}:`)) keep.remove(key)
    },
    close() {
      isClosed = true
      endPauses()
    },
  }
}

/**
 * Whether this is what was written, and not something else under its client_id (rule O6): as the server keeps it, in
 * which half of a surrogate pair is another character, or as it was edited since.
 */
const isOf = ({ content }: Unsent, message: Message): boolean =>
  message.edited_at !== null || message.content === null || message.content === content.toWellFormed()

/** 128 random bits. `randomUUID` is there on secure pages alone, and a page in one's own network is none. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Of one person, as they were written. */
function readAll(keep: Keep, prefix: string): Unsent[] {
  const keys = keep.keys().filter((key) => key.startsWith(prefix))
  return keys.flatMap((key) => readUnsent(readObject(keep, key)) ?? []).toSorted((a, b) => a.order - b.order)
}

function readUnsent(value: Readonly<Record<string, unknown>> | null): Unsent | null {
  const { client_id, room_id, content, reply_to, order, failed } = value ?? {}
  if (typeof client_id !== 'string' || typeof room_id !== 'string' || typeof content !== 'string') return null
  const reason = isFields(failed) ? { code: String(failed['code']), text: String(failed['text']) } : null
  const answers = typeof reply_to === 'string' ? reply_to : null
  return { client_id, room_id, content, reply_to: answers, order: Number(order) || 0, failed: reason }
}

type Deferred<Value> = {
  promise: Promise<Value>
  resolve: (value: Value) => void
  reject: (reason: Error) => void
}

/** As `Promise.withResolvers`, which browsers before 2024 do not have. */
function createDeferred<Value>(): Deferred<Value> {
  let settle: Omit<Deferred<Value>, 'promise'> = { resolve: () => {}, reject: () => {} }
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
}
