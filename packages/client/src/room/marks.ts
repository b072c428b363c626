import type { ActionInput, ActionName } from '../actions.ts'
import { asParlorError } from '../connection/failure.ts'
import { createStore, type Store } from '../store.ts'
import { backoff, type Time } from '../time.ts'

/** What the user marked in a room and the server has not confirmed. */
export type Mark = {
  readonly read_seq: number
  readonly clears: boolean
  /** From where on it is unread; null: not marked. */
  readonly unread_from: number | null
}

export type Marks = {
  readonly pending: Store<ReadonlyMap<string, Mark>>
  /** `among`: people present in the room, who all read the same. */
  read(room_id: string, seq: number, mark: { clears: boolean; among: number }): void
  unread(room_id: string, seq: number): void
  readAll(): Promise<void>
  /** The connection is back. */
  resume(): void
  /** The page may end: sends what waits for its second now. */
  hurry(): void
  /** Another user is signed in. */
  forget(): void
  close(): void
}

export type MarksDeps = {
  call: (
    name: ActionName,
    input?: ActionInput<'read-state.read'> | ActionInput<'read-state.unread'>,
  ) => Promise<unknown>
  time: Time
  isUp: () => boolean
}

const nothing: Mark = { read_seq: 0, clears: false, unread_from: null }
/** Ms between two calls about a room; the most after a call that failed. */
const pause = { call: 1000, most: 30_000 }

/**
 * Ms within which people who read together tell the server: with 1,000 of them it hears of 50 a second. A mark of a few is not
 * delayed.
 */
const spread = (among: number): number => (among <= 50 ? 0 : Math.min(pause.most, among * 20))

/** Sends marks at most once a second for each room, the first at once; marks of meanwhile become one (rule K1). */
export function createMarks({ call, time, isUp }: MarksDeps): Marks {
  const pending = createStore<ReadonlyMap<string, Mark>>(new Map())
  /** Rooms with a call, or with one less than a second ago, and what ends the pause. */
  const busy = new Map<string, () => void>()
  /** Ms between two calls about a room in which many read. */
  const paces = new Map<string, number>()
  let failures = 0

  function set(room_id: string, mark: Mark | null): void {
    const next = new Map(pending.get())
    if (mark) next.set(room_id, mark)
    else next.delete(room_id)
    pending.set(next)
  }

  function add(room_id: string, change: (mark: Mark) => Mark, within = 0): void {
    set(room_id, change(pending.get().get(room_id) ?? nothing))
    if (within > 0 && !busy.has(room_id)) hold(room_id, within * (0.5 + time.random() / 2))
    else void send(room_id)
  }

  function hold(room_id: string, ms: number): void {
    const cancel = time.after(ms, () => {
      busy.delete(room_id)
      void send(room_id)
    })
    busy.set(room_id, cancel)
  }

  async function send(room_id: string): Promise<void> {
    const mark = pending.get().get(room_id)
    if (!mark || busy.has(room_id) || !isUp()) return
    const { read_seq, clears, unread_from } = mark
    busy.set(room_id, () => {})
    let wait = Math.max(pause.call, paces.get(room_id) ?? 0)
    try {
      // Both at once, for the page may end before the first is answered; a connection keeps the order of calls about a room.
      await Promise.all([
        (read_seq > 0 || clears) && call('read-state.read', { room_id, read_seq, clear_unread: clears }),
        unread_from !== null && call('read-state.unread', { room_id, from_seq: unread_from }),
      ])
      failures = 0
      if (pending.get().get(room_id) === mark) set(room_id, null)
    } catch (thrown) {
      // A repeat is harmless: the pointer only moves forward.
      const { retry, details } = asParlorError(thrown)
      if (retry !== 'never')
        wait = 1000 * (details.retry_after ?? 0) || backoff(time, failures++, pause.call, pause.most)
      else if (pending.get().get(room_id) === mark) set(room_id, null)
    }
    if (busy.has(room_id)) hold(room_id, wait)
  }

  function stop(): void {
    for (const cancel of busy.values()) cancel()
    busy.clear()
  }

  function resume(): void {
    for (const room_id of pending.get().keys()) void send(room_id)
  }

  return {
    pending,
    read(room_id, seq, { clears, among }) {
      const next = (mark: Mark): Mark => ({
        read_seq: Math.max(mark.read_seq, seq),
        clears: mark.clears || clears,
        unread_from: clears ? null : mark.unread_from,
      })
      paces.set(room_id, spread(among))
      add(room_id, next, clears ? 0 : spread(among))
    },
    unread: (room_id, seq) => add(room_id, (mark) => ({ ...mark, clears: false, unread_from: seq })),
    async readAll() {
      await call('read-state.readAll')
    },
    resume,
    hurry() {
      stop()
      resume()
    },
    forget() {
      stop()
      paces.clear()
      pending.set(new Map())
    },
    close: stop,
  }
}
