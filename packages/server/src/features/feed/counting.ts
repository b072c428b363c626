import type { Entry, FeedIndex, FeedUser } from './index.ts'
import { feedBounds } from './limits.ts'
import type { CountUnread } from './unread.ts'

/** Users' rooms that are counted before other work has its turn. */
const atOnce = 200

/** Counts what is unread of rooms with news for those who will be told, where it is not known (rule UF13). */
export async function countUnread(count: CountUnread, index: FeedIndex): Promise<void> {
  const asked = uncountedIn(index)
  for (let at = 0; at < asked.length; at += atOnce) {
    const some = asked.slice(at, at + atOnce)
    for (const [entry, user] of some) index.askFor(entry, user)
    const counts = await count(some.map(([entry, user]) => ({ user: user.num, room: entry.num, upto: entry.last_seq })))
    for (const [place, [entry, user]] of some.entries()) {
      const found = counts[place]
      if (found) index.counted(entry, user, found)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function uncountedIn({ dirty, unsure }: FeedIndex): [Entry, FeedUser][] {
  const asked = new Map<Entry, Set<FeedUser>>()
  const list: [Entry, FeedUser][] = []
  for (const { user, isNew, changed } of dirty) {
    if (!user || isNew || !changed) continue
    for (const entry of changed) {
      if (entry.unread.has(user) || unsure.has(entry) || !entry.users.has(user)) continue
      const users = asked.get(entry) ?? new Set()
      if (users.has(user)) continue
      asked.set(entry, users.add(user))
      list.push([entry, user])
      if (list.length === feedBounds.counted) return list
    }
  }
  return list
}
