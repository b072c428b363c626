import type { Call } from '../actions.ts'
import { asParlorError } from '../connection/failure.ts'
import type { ParlorError } from '../error.ts'
import { createPreferences, type Pending, type PreferenceChanges } from './preferences.ts'
import { backoff, type Time } from '../time.ts'
import type { RoomPreferences } from '../generated/shapes.generated.ts'
import {
  beginning,
  type FeedList,
  isFirst,
  nothingRead,
  type RoomsNews,
  unknownIn,
  withChanges,
  withMore,
  withNews,
  withPreferences,
  withReading,
} from './list.ts'

type ReadingNews = Parameters<typeof withReading>[1]

export type Progress = {
  readonly list: FeedList
  /** The server tells changes, and everything before was read. */
  readonly isLive: boolean
  /** Why the last read failed. */
  readonly error: ParlorError | null
  /** Preferences that the server has not stored yet. */
  readonly pending: readonly Pending[]
}

export type ReaderDeps = {
  call: Call
  time: Time
  /** Rooms of a page. */
  pageSize: number
  isOnline: boolean
  onChange: (progress: Progress) => void
}

/** Follows the rooms of one user until it is closed. */
export type Reader = {
  hear(news: RoomsNews): void
  /** The user has read further. */
  heardRead(reading: ReadingNews): void
  /** The user has changed what they set for themselves in a room. */
  heardPreferences(preferences: RoomPreferences): void
  setPreferences(room_id: string, changes: PreferenceChanges): Promise<RoomPreferences>
  /** The connection was lost. */
  lost(): void
  loadMore(): Promise<void>
  retry(): void
  close(): void
}

export const nothingYet: Progress = { list: nothingRead, isLive: false, error: null, pending: [] }

/** Pauses after a failed read. */
const pauses = { first: 1000, most: 30_000 }
/** Rooms in one read of changes: the longest page. */
const mostChanges = 100

export function createReader({ call, time, pageSize, isOnline, onChange }: ReaderDeps): Reader {
  let progress = nothingYet
  /** The first read, and what must be read because of an event. */
  let isNeeded = true
  let isTold = isOnline
  /** What arrives during a read, which would overwrite it. */
  let held: (() => void)[] | null = null
  /** One read at a time. */
  let turn: Promise<void> = Promise.resolve()
  let loadingMore: Promise<void> | null = null
  /** Unknown rooms for which changes were read: a room that is not listed even so is not asked for again. */
  const asked = new Set<string>()
  let failures = 0
  let cancelRetry = () => {}
  let isClosed = false

  function change(part: Partial<Progress>): void {
    if (isClosed) return
    progress = { ...progress, ...part }
    onChange(progress)
  }

  function apply(news: RoomsNews): void {
    const list = withNews(progress.list, news)
    const unknown = unknownIn(list, news).filter((id) => !asked.has(id))
    for (const id of unknown) asked.add(id)
    // The read must begin before what this event tells.
    change({ list: unknown.length > 0 ? { ...list, since: progress.list.since } : list })
    if (unknown.length > 0) need()
  }

  function release(): void {
    const events = held ?? []
    held = null
    for (const again of events) again()
  }

  /** Shown at once, and again after a read that may have begun before it. */
  function heardOwn(part: (list: FeedList) => FeedList): void {
    held?.push(() => heardOwn(part))
    change({ list: part(progress.list) })
  }

  const heardRead = (reading: ReadingNews): void => heardOwn((list) => withReading(list, reading))

  const heardPreferences = (preferences: RoomPreferences): void =>
    heardOwn((list) => withPreferences(list, preferences))

  function hear(news: RoomsNews): void {
    if (isFirst(news)) {
      isTold = true
      asked.clear()
      change({ isLive: false })
      need()
    } else if (held) held.push(() => hear(news))
    // A read that is still to begin covers everything that was told before.
    else if (!isNeeded) apply(news)
  }

  function need(): void {
    isNeeded = true
    cancelRetry()
    turn = turn.then(catchUp)
  }

  async function catchUp(): Promise<void> {
    if (!isNeeded || isClosed) return
    isNeeded = false
    held = []
    try {
      const list = await readOn(progress.list)
      failures = 0
      change({ list, error: null })
      release()
      change({ isLive: isTold && !isNeeded })
    } catch (thrown) {
      held = null
      isNeeded = true
      fail(asParlorError(thrown))
    }
  }

  function fail(error: ParlorError): void {
    change({ error })
    if (error.retry === 'never' || isClosed) return
    const { retry_after } = error.details
    const pause = backoff(time, failures, pauses.first, pauses.most)
    failures += 1
    cancelRetry = time.after(retry_after === undefined ? pause : retry_after * 1000, need)
  }

  /**
   * Reads what changed since the last read; the first time, and when that is more than a page, the list anew, with as many
   * rooms as it had: else the pages that the user asked for would be gone.
   */
  async function readOn(list: FeedList): Promise<FeedList> {
    if (list.since !== null) {
      const page = await call('feed.rooms', { since: list.since, limit: mostChanges })
      // While further pages are read, a room may move from one that is not read yet to one that is.
      if (page.next_cursor === null && page.reset !== true) return withChanges(list, page)
    }
    let anew = beginning(await call('feed.rooms', { limit: pageSize }))
    while (anew.cursor !== null && anew.rooms.size < list.rooms.size)
      anew = withMore(anew, await call('feed.rooms', { cursor: anew.cursor, limit: pageSize }))
    return anew
  }

  async function readMore(): Promise<void> {
    const { list } = progress
    if (list.cursor === null || isClosed) return
    held = []
    try {
      const page = await call('feed.rooms', { cursor: list.cursor, limit: pageSize })
      change({ list: withMore(list, page) })
    } finally {
      release()
    }
  }

  const setPreferences = createPreferences({
    call,
    isClosed: () => isClosed,
    onPending: (pending) => change({ pending }),
    onStored: heardPreferences,
  })

  need()
  return {
    ...{ hear, heardRead, heardPreferences, setPreferences },
    lost() {
      isTold = false
      if (progress.isLive) change({ isLive: false })
    },
    loadMore() {
      if (loadingMore) return loadingMore
      const more = turn.then(readMore).finally(() => {
        loadingMore = null
      })
      turn = more.catch(() => {})
      loadingMore = more
      return more
    },
    retry() {
      if (progress.error) need()
    },
    close() {
      isClosed = true
      cancelRetry()
    },
  }
}
