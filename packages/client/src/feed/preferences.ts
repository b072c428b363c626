import type { ActionInput, Call } from '../actions.ts'
import { ParlorError } from '../error.ts'
import type { FeedRoom, RoomNotify, RoomPreferences } from '../generated/shapes.generated.ts'

/** What to set in a room for oneself; absent fields stay. `until`: when `none` ends, an ISO time. `group` null: none. */
export type PreferenceChanges = Omit<ActionInput<'preferences.update'>, 'room_id'>

export type Pending = { readonly room_id: string; readonly changes: PreferenceChanges }

export type PreferencesDeps = {
  call: Call
  /** Whether the user is still signed in: else nothing more is sent. */
  isClosed: () => boolean
  onPending: (pending: readonly Pending[]) => void
  /** What the server stored. */
  onStored: (preferences: RoomPreferences) => void
}

/** Changes preferences, and keeps the changes that the server has not answered yet (rule F7). */
export function createPreferences({ call, isClosed, onPending, onStored }: PreferencesDeps) {
  let pending: readonly Pending[] = []
  /** By room: its calls keep their order. */
  const turns = new Map<string, Promise<unknown>>()

  function setPending(now: readonly Pending[]): void {
    pending = now
    onPending(pending)
  }

  async function send(room_id: string, changes: PreferenceChanges): Promise<RoomPreferences> {
    if (isClosed()) throw new ParlorError('session_ended', 'Another user has signed in, or the feed has ended')
    const stored = await call('preferences.update', { room_id, ...changes })
    onStored(stored)
    return stored
  }

  return async function set(room_id: string, changes: PreferenceChanges): Promise<RoomPreferences> {
    const one: Pending = { room_id, changes }
    setPending([...pending, one])
    const sent = (turns.get(room_id) ?? Promise.resolve()).then(() => send(room_id, changes))
    const turn = sent.catch(() => {})
    turns.set(room_id, turn)
    try {
      return await sent
    } finally {
      setPending(pending.filter((each) => each !== one))
      if (turns.get(room_id) === turn) turns.delete(room_id)
    }
  }
}

/** The rooms as they will be once the server has answered. */
export function withPending(rooms: readonly FeedRoom[], pending: readonly Pending[]): readonly FeedRoom[] {
  if (pending.length === 0) return rooms
  return rooms.map((room) =>
    pending.reduce((shown, { room_id, changes }) => (room_id === room.id ? changed(shown, changes) : shown), room),
  )
}

function changed(room: FeedRoom, { notify, until, favorite, group }: PreferenceChanges): FeedRoom {
  return {
    ...room,
    ...(notify == null ? {} : { notify, notify_until: until ?? null }),
    ...(favorite == null ? {} : { favorite }),
    ...(group === undefined ? {} : { group }),
  }
}

/** What the user wants to be notified of at `now` (in ms): `none` ends by itself. */
export const notifyAt = ({ notify, notify_until }: FeedRoom, now: number): RoomNotify =>
  notify === 'none' && notify_until !== null && Date.parse(notify_until) <= now ? 'all' : notify
