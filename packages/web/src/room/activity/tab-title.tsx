import type { Room } from '@parlor/client'
import { useTexts, useTitle } from '../../app-context.ts'
import { useStore } from '../../use-store.ts'
import { countUnseen, useHidden } from '../timeline/reading/use-reading.ts'

/**
 * Shows the room's name and the number of unseen messages in the tab. A hidden page gets no animation frames, so this
 * follows the store directly.
 */
export function TabTitle({ room, name, seen, own_id }: { room: Room; name: string; seen: number; own_id: string }) {
  const t = useTexts()
  const window = useStore(room.messages)
  const count = useHidden() ? countUnseen(window, seen, own_id) : 0
  useTitle(count > 0 ? t('room.title_unread', { count, name }) : name)
  return null
}
