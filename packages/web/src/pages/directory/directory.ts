import type { ActionOutput, Parlor } from '@parlor/client'
import { createStore, type Store } from '@parlor/client/store'

type Page = ActionOutput<'rooms.list'>
export type ListedRoom = Page['items'][number]

export type DirectoryState = {
  /** Null: nothing was read for what is searched. */
  rooms: readonly ListedRoom[] | null
  query: string
  busy: boolean
  /** Whether further rooms may be found. */
  hasMore: boolean
  error: unknown
}

export type Directory = Store<DirectoryState> & {
  /** Begins anew with this text. */
  search(query: string): void
  /** Reads on, or again what could not be read. */
  more(): void
}

/** Rooms that one look should find, and pages that it reads for that: a page of a search may have few or none. */
const wanted = { rooms: 20, pages: 5 }

/** The public rooms that were read, page by page. Answers for an earlier search are ignored. */
export function followDirectory(list: Parlor['rooms']['list']): Directory {
  const begin = { rooms: null, query: '', busy: false, hasMore: false, error: null }
  const state = createStore<DirectoryState>(begin)
  let cursor: string | null = null
  let turn = 0

  async function read(query: string): Promise<void> {
    const mine = ++turn
    state.set({ ...state.get(), busy: true, error: null })
    try {
      for (let page = 0, found = 0; page < wanted.pages && found < wanted.rooms; page += 1) {
        const { items, next_cursor } = await list({ ...(query && { q: query }), ...(cursor !== null && { cursor }) })
        if (mine !== turn) return
        cursor = next_cursor
        found += items.length
        const before = state.get().rooms ?? []
        const known = new Set(before.map(({ id }) => id))
        // A room that rose meanwhile may come twice.
        const rooms = [...before, ...items.filter(({ id }) => !known.has(id))]
        state.set({ ...state.get(), query, rooms, hasMore: cursor !== null })
        if (cursor === null) break
      }
      state.set({ ...state.get(), busy: false })
    } catch (error) {
      if (mine === turn) state.set({ ...state.get(), query, busy: false, error })
    }
  }

  return {
    get: state.get,
    subscribe: state.subscribe,
    search(query) {
      cursor = null
      state.set({ ...begin, query, rooms: null })
      void read(query)
    },
    more() {
      if (!state.get().busy) void read(state.get().query)
    },
  }
}
