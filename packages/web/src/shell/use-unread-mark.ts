import { isUnread, notifyAt } from '@parlor/client/feed'
import { useEffect } from 'preact/hooks'
import { useApp } from '../app-context.ts'

/** Shows in the tab how many rooms have unread messages, but for those without notifications (rule W16). */
export function useUnreadMark(isKnown: boolean): void {
  const { session, title } = useApp()
  useEffect(() => {
    if (!isKnown) return
    const feed = session.feed()
    const follow = () => {
      const now = Date.now()
      title.unread.set(feed.get().items.filter((room) => isUnread(room) && notifyAt(room, now) !== 'none').length)
    }
    follow()
    const end = feed.subscribe(follow)
    return () => {
      end()
      title.unread.set(0)
    }
  }, [isKnown])
}
