import { useEffect, useMemo, useState } from 'preact/hooks'
import { useApp, useTextsOf } from '../app-context.ts'
import { basePath } from '../base-path.ts'
import { explain, failureOf } from '../failure.ts'
import { roomPath } from '../router.ts'
import { userStorage } from '../user-storage.ts'
import { useStore } from '../use-store.ts'
import { isUnread } from '@parlor/client/feed'
import { nextUnread, nextUnreadKeys } from './next-unread.ts'
import { type Entry, withRecent } from './entries.ts'
import { paletteTexts } from './palette-texts.ts'

type Person = { id: string; name: string; room_ids: readonly string[] }

/** Ms without another key before people are searched. */
const pause = 200

/** Everything that the palette may find for what was typed, and what was chosen before. */
export function useEntries(typed: string) {
  const { session } = useApp()
  const me = useStore(session.me)
  const storage = useMemo(() => userStorage(me?.id ?? ''), [me?.id])
  const [recent, setRecent] = useState(() => recentIn(storage.get('recent')))
  const rooms = useRoomEntries()
  const { people, busy } = usePeople(typed.trim())
  const actions = useActions()
  const entries = useMemo(() => [...rooms, ...people, ...actions], [rooms, people, actions])
  return {
    entries,
    recent,
    busy,
    remember(entry: Entry): void {
      const next = withRecent(recent, entry.id)
      setRecent(next)
      storage.set('recent', JSON.stringify(next))
    },
  }
}

function recentIn(stored: string | null): string[] {
  try {
    const parsed: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(parsed) ? parsed.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

function useRoomEntries(): readonly Entry[] {
  const { router, session } = useApp()
  const { items } = useStore(session.feed())
  return useMemo(
    () =>
      items.map((room) => ({
        ...{ id: `room ${room.id}`, kind: 'room' as const, label: room.name, hint: room.group ?? undefined },
        ...{ icon: 'door' as const, room, run: () => router.go(roomPath(room.id)) },
      })),
    [items],
  )
}

/** People with whom one shares a room; choosing one opens the smallest of these rooms. */
function usePeople(typed: string): { people: readonly Entry[]; busy: boolean } {
  const { session, router } = useApp()
  const names = new Map(useStore(session.feed()).items.map(({ id, name }) => [id, name]))
  const [found, setFound] = useState<{ for: string; people: readonly Person[] }>({ for: '', people: [] })
  useEffect(() => {
    if (typed === '' || !session.me.get()) return
    let left = false
    const wait = setTimeout(() => {
      session.parlor.rooms.people({ q: typed, limit: 8 }).then(
        ({ items }) => left || setFound({ for: typed, people: items }),
        // The rooms and actions are found all the same.
        () => left || setFound({ for: typed, people: [] }),
      )
    }, pause)
    return () => {
      left = true
      clearTimeout(wait)
    }
  }, [typed])
  const people = typed === '' ? [] : found.people
  return {
    busy: typed !== '' && found.for !== typed,
    people: people.flatMap(({ id, name, room_ids: [room_id] }) => {
      if (room_id === undefined) return []
      const run = () => router.go(roomPath(room_id))
      return [
        { id: `person ${id}`, kind: 'person' as const, label: name, hint: names.get(room_id), icon: 'person', run },
      ]
    }),
  }
}

function useActions(): readonly Entry[] {
  const { router, session, toasts, texts } = useApp()
  const t = useTextsOf(paletteTexts)
  const items = useStore(session.feed()).items
  const route = useStore(router.route)
  return useMemo(() => {
    const action = (id: string, label: string, icon: Entry['icon'], run: () => void, keys?: string): Entry => ({
      ...{ id: `action ${id}`, kind: 'action', label, icon, run, keys },
    })
    const markAllRead = () =>
      session.parlor
        .markAllRead()
        .catch((thrown: unknown) => toasts.show({ text: explain(texts.t, failureOf(thrown).code), failed: true }))
    const next = nextUnread(items, route.page === 'room' ? route.room_id : null, Date.now())
    const unread = [
      ...(next
        ? [action('next', t('next_unread'), 'arrow-down', () => router.go(roomPath(next.id)), nextUnreadKeys)]
        : []),
      ...(items.some(isUnread) ? [action('read', t('mark_all'), 'check', () => void markAllRead())] : []),
    ]
    return [
      ...unread,
      action('home', t('home'), 'door', () => router.go(basePath)),
      action('directory', t('directory'), 'people', () => router.go(`${basePath}rooms`)),
      action('account', t('account'), 'person', () => router.go(`${basePath}account`)),
    ]
  }, [t, items, route])
}
