import type { Room } from '@parlor/client'
import type { Polls } from '@parlor/client/polls'
import { useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { useTask } from '../../failure.ts'

/** Reads polls that were closed long ago, page by page. */
export function useEarlier(room: Room, polls: Polls) {
  const { parlor } = useApp().session
  const [cursor, setCursor] = useState<number | null | undefined>(undefined)
  const page = useTask(async () => {
    const { items, next_cursor } = await parlor.call('polls.list', { room_id: room.id, cursor: cursor ?? null })
    polls.add(items)
    setCursor(next_cursor)
  })
  return { hasMore: cursor !== null, busy: page.busy, failed: page.failure !== null, load: () => void page.run() }
}
