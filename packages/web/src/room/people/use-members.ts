import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { type Failure, useTask } from '../../failure.ts'
import type { Person } from '../../ui/person/avatar.tsx'

export type Member = { user: Person; role: string }
type MemberPage = { items: readonly Member[]; next_cursor: string | null }

/** The loaded pages of members, in the order in which they joined; reloaded when `version` changes. */
export function useMembers(
  room_id: string,
  version: unknown,
): { members: readonly Member[]; hasMore: boolean; busy: boolean; failure: Failure | null; more: () => void } {
  const { session } = useApp()
  const [members, setMembers] = useState<readonly Member[]>([])
  const [cursor, setCursor] = useState<string | null>(null)
  const pages = useRef(1)
  const read = useTask(async () => {
    const all: Member[] = []
    let next: string | null = null
    for (let page = 0; page < pages.current; page += 1) {
      const read: MemberPage = await session.parlor.call('rooms.members', { room_id, cursor: next, limit: 100 })
      all.push(...read.items)
      next = read.next_cursor
      if (next === null) break
    }
    setMembers(all)
    setCursor(next)
  })
  useEffect(() => {
    // Several changes at once are read once.
    const timer = setTimeout(() => void read.run(), 50)
    return () => clearTimeout(timer)
  }, [room_id, version])
  return {
    members,
    hasMore: cursor !== null,
    busy: read.busy,
    failure: read.failure,
    more() {
      pages.current += 1
      void read.run()
    },
  }
}
