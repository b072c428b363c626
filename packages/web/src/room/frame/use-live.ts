import type { Room } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'
import type { Activity } from '../../activities/activity.ts'

const none: ReadonlySet<string> = new Set()

/** The names of those activities that are live in the room. `activities` must stay the same array. */
export function useLive(room: Room, activities: readonly Activity[]): ReadonlySet<string> {
  const [live, setLive] = useState(none)
  useEffect(() => {
    const stores = activities.map((activity) => ({ name: activity.name, store: activity.live(room) }))
    const follow = () => {
      const now = new Set(stores.filter(({ store }) => store.get()).map(({ name }) => name))
      setLive((before) => keepIfEqual(before, now))
    }
    follow()
    const ends = stores.map(({ store }) => store.subscribe(follow))
    return () => {
      for (const end of ends) end()
      for (const { store } of stores) store.close()
    }
  }, [room, activities])
  return live
}

const keepIfEqual = (before: ReadonlySet<string>, now: ReadonlySet<string>): ReadonlySet<string> =>
  before.size === now.size && [...now].every((name) => before.has(name)) ? before : now
