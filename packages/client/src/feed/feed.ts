import type { ParlorError } from '../error.ts'
import type { FeedRoom, RoomPreferences } from '../generated/shapes.generated.ts'
import { createStore, derived, type Store } from '../store.ts'
import { realTime, type Time } from '../time.ts'
import type { Parlor } from '../types.ts'
import { marked, shownOf } from './list.ts'
import { notifyAt, type PreferenceChanges, withPending } from './preferences.ts'
import { createReader, nothingYet, type Progress, type Reader } from './reader.ts'

export { notifyAt }
export type { FeedRoom, PreferenceChanges, RoomPreferences }

export type FeedOptions = {
  /** Rooms read at once, 1 to 100; default 50. */
  pageSize?: number
}

/** The rooms of the user, kept up to date without joining them. */
export type Feed = Store<FeedState> & {
  /** Of the rooms in the list: how many are unread, and messages in all. */
  readonly unread: Store<{ readonly rooms: number; readonly messages: number }>
  /** Resolves when the next page is in the list, at once if there is none; rejects with ParlorError. */
  loadMore(): Promise<void>
  /** Reads again now what could not be read. */
  retry(): void
  /**
   * Changes what the user has set for themselves in a room; `items` show it at once, and as before if it is refused. Resolves
   * with what the server stored; rejects with ParlorError.
   */
  setPreferences(room_id: string, changes: PreferenceChanges): Promise<RoomPreferences>
  /** Ends the feed; the connection stays. */
  close(): void
}

export type FeedState = {
  /**
   * `loading`: nothing has been read yet. `live`. `catching_up`: the connection is lost, or what changed meanwhile is being
   * read; the rooms stay meanwhile.
   */
  phase: 'signed_out' | 'loading' | 'live' | 'catching_up'
  /** The last active first. */
  items: readonly FeedRoom[]
  hasMore: boolean
  /** Why the last read failed. It is repeated unless `retry` of the error is `never`. */
  error: ParlorError | null
}

/** Whether there are unread messages, or the user marked the room as unread. */
export const isUnread = ({ unread, unread_from }: Pick<FeedRoom, 'unread' | 'unread_from'>): boolean =>
  unread > 0 || unread_from !== null

/** Follows the rooms of the user of a client that was made with `feed: true`. */
export const createFeed = (parlor: Parlor, options: FeedOptions = {}): Feed => followFeed(parlor, options, realTime)

/** The same with a time of its own. */
export function followFeed(parlor: Parlor, { pageSize = 50 }: FeedOptions, time: Time): Feed {
  if (!parlor.hasFeed) throw new Error('The client has no feed: call connect({ feed: true })')
  const known = createStore<{ owner: string | null; progress: Progress }>({ owner: null, progress: nothingYet })
  let reader: Reader | null = null

  /** Another user begins without rooms, and answers for the one before are ignored. */
  function follow(): void {
    const owner = parlor.me.get()?.id ?? null
    const isOnline = parlor.state.get().phase === 'online'
    if (owner !== known.get().owner) {
      reader?.close()
      known.set({ owner, progress: nothingYet })
      const onChange = (progress: Progress) => known.set({ owner, progress })
      reader = owner === null ? null : createReader({ call: parlor.call, time, pageSize, isOnline, onChange })
    } else if (!isOnline) reader?.lost()
  }

  const ends = [
    parlor.me.subscribe(follow),
    parlor.state.subscribe(follow),
    parlor.on('rooms_changed', (news) => {
      follow()
      reader?.hear(news)
    }),
    parlor.on('read_changed', (reading) => reader?.heardRead(reading)),
    parlor.on('preferences_changed', (changed) => {
      follow()
      reader?.heardPreferences(changed)
    }),
  ]

  const { marks } = parlor
  let shown: { of: Progress; marks: unknown; items: readonly FeedRoom[] } | null = null
  function itemsOf(progress: Progress): readonly FeedRoom[] {
    const { list, pending } = progress
    const now = marks.get()
    if (shown?.of.list !== list || shown.of.pending !== pending || shown.marks !== now) {
      const rooms = shownOf(list).map((room) => marked(room, now.get(room.id)))
      shown = { of: progress, marks: now, items: withPending(rooms, pending) }
    }
    return shown.items
  }

  const state = derived([parlor.me, parlor.state, known, marks], (): FeedState => {
    const { owner, progress } = known.get()
    const connection = parlor.state.get().phase
    // Before `follow` has heard that another user signed in.
    const now = owner === (parlor.me.get()?.id ?? null) ? progress : nothingYet
    const { list, isLive, error } = now
    const phase = list.since === null ? 'loading' : isLive && connection === 'online' ? 'live' : 'catching_up'
    return {
      phase: connection === 'signed_out' ? 'signed_out' : phase,
      ...{ items: itemsOf(now), hasMore: list.cursor !== null, error },
    }
  })
  const unreadTotal = derived([state], () => {
    const rooms = state.get().items.filter(isUnread)
    return { rooms: rooms.length, messages: rooms.reduce((sum, { unread: count }) => sum + count, 0) }
  })
  follow()

  return {
    unread: unreadTotal,
    get: state.get,
    subscribe: state.subscribe,
    loadMore: () => reader?.loadMore() ?? Promise.resolve(),
    retry: () => reader?.retry(),
    setPreferences: (room_id, changes) =>
      reader?.setPreferences(room_id, changes) ?? parlor.call('preferences.update', { room_id, ...changes }),
    close() {
      for (const end of ends) end()
      reader?.close()
      unreadTotal.close()
      state.close()
    },
  }
}
