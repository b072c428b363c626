import './unread-count.css'
import { useTexts } from '../app-context.ts'

/** How much of a room is unread, or that the user marked it so; nothing where all is read. */
export function UnreadCount({ unread = 0, unread_from = null }: { unread?: number; unread_from?: number | null }) {
  const t = useTexts()
  if (unread === 0 && unread_from === null) return null
  const label = unread === 0 ? t('landing.marked_unread') : t('landing.unread', { count: unread })
  return (
    <span class="unread-count numbers" title={label}>
      <span aria-hidden="true">{unread === 0 ? '' : unread < 1000 ? unread : '999+'}</span>
      <span class="visually-hidden">{label}</span>
    </span>
  )
}
