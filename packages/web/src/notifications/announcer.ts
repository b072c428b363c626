import type { FeedRoom, FeedState } from '@parlor/client/feed'
import type { Store } from '@parlor/client/store'
import { isWanted, newsIn, type Seen } from './news.ts'
import { createTabs, type Locks, type Tabs } from './tabs.ts'

/** What announces. */
export type Ways = {
  /**
   * Shows one room, or that several have news; returns a function that closes it. `key` is the same for what replaces each
   * other; `isLoud`: it may draw attention.
   */
  show(rooms: readonly FeedRoom[], options: { key: string; isLoud: boolean }): () => void
  play(): void
}

export type AnnouncerDeps = {
  session: { me: Store<{ id: string } | null>; feed(): Store<Pick<FeedState, 'phase' | 'items'>> }
  /** The room that the page shows to someone who looks at it; null: none. */
  lookedAt: () => string | null
  /** Calls whenever that may have changed; returns a function that ends this. */
  onLook: (follow: () => void) => () => void
  locks: Locks
  time: {
    /** Ms since 1970. */
    now(): number
    /** Calls once after so many ms; returns a function that cancels. */
    after(ms: number, run: () => void): () => void
  }
  ways: Ways
}

/** In ms (rule NO2). */
const pauses = { gather: 1000, apart: 3000, loud: 30_000 }
/** Rooms with a notification of their own at a time. */
const mostAtOnce = 3

type Shown = { room_ids: readonly string[]; loudAt: number; close: () => void }

/** Announces new messages until the returned function is called. */
export function startAnnouncer({ session, lookedAt, onLook, locks, time, ways }: AnnouncerDeps): () => void {
  const feed = session.feed()
  let user: { id: string; tabs: Tabs; seen: Seen | null } | null = null
  /** By key. */
  const shown = new Map<string, Shown>()
  const waiting = new Set<string>()
  let cancel: (() => void) | null = null
  let toldAt = -Infinity

  function followUser(): void {
    const id = session.me.get()?.id ?? null
    if (id === (user?.id ?? null)) return
    end()
    user = id === null ? null : { id, tabs: createTabs(locks, id), seen: null }
    look()
  }

  function end(): void {
    user?.tabs.close()
    user = null
    cancel?.()
    cancel = null
    waiting.clear()
    for (const { close } of shown.values()) close()
    shown.clear()
  }

  const look = () => user?.tabs.look(lookedAt())

  function hear(): void {
    followUser()
    const { phase, items } = feed.get()
    if (!user || phase === 'loading' || phase === 'signed_out') return
    const { seen, news } = newsIn(items, user.seen)
    user.seen = seen
    closeOutdated()
    for (const id of news) waiting.add(id)
    if (waiting.size > 0 && cancel === null) wait()
  }

  function wait(): void {
    const pause = Math.max(pauses.gather, toldAt + pauses.apart - time.now())
    cancel = time.after(pause, () => {
      cancel = null
      const room_ids = [...waiting]
      waiting.clear()
      // The other tabs have the same news, and drop them at the same time.
      if (user?.tabs.isFirst()) void tell(user.tabs, room_ids)
    })
  }

  /** The rooms of which the user wants to hear now. */
  function wanted(): readonly FeedRoom[] {
    const { me, now } = { me: user?.id ?? '', now: time.now() }
    return feed.get().items.filter((room) => isWanted(room, me, now))
  }

  async function tell(tabs: Tabs, room_ids: readonly string[]): Promise<void> {
    const unseen = new Set(await tabs.unseen(room_ids))
    // The user may have signed out meanwhile.
    if (tabs !== user?.tabs) return
    const rooms = wanted().filter(({ id }) => unseen.has(id))
    if (rooms.length === 0) return
    toldAt = time.now()
    const parts = rooms.length > mostAtOnce ? [rooms] : rooms.map((room) => [room])
    const areLoud = parts.map(show)
    if (areLoud.includes(true)) ways.play()
  }

  function show(rooms: readonly FeedRoom[]): boolean {
    const [first, ...others] = rooms.map(({ id }) => id)
    const key = first !== undefined && others.length === 0 ? `room.${first}` : 'rooms'
    const loudAt = shown.get(key)?.loudAt ?? -Infinity
    const isLoud = time.now() - loudAt >= pauses.loud
    const room_ids = rooms.map(({ id }) => id)
    shown.set(key, { room_ids, loudAt: isLoud ? time.now() : loudAt, close: ways.show(rooms, { key, isLoud }) })
    return isLoud
  }

  /** Rule NO4. */
  function closeOutdated(): void {
    if (shown.size === 0) return
    const ids = new Set(wanted().map(({ id }) => id))
    for (const [key, { room_ids, close }] of shown) {
      if (room_ids.some((id) => ids.has(id))) continue
      shown.delete(key)
      close()
    }
  }

  const ends = [session.me.subscribe(followUser), feed.subscribe(hear), onLook(look)]
  hear()
  return () => {
    for (const stop of ends) stop()
    end()
  }
}
