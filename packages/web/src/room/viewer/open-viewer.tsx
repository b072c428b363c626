import './open-viewer.css'
import type { Store } from '@parlor/client'
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { type App, AppContext, useApp } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import type { Slide } from './slides.ts'

const loadViewer = () => import('./viewer.tsx')

/**
 * Opens the viewer at one of these pictures and videos (rules VW). It stands outside of the list from which it was opened:
 * a message that leaves the list does not close it.
 */
export function openViewer(app: App, slides: Store<readonly Slide[]>, file_id: string): void {
  if (document.querySelector('.viewer-root')) return
  const root = document.createElement('div')
  root.className = 'viewer-root'
  document.body.append(root)
  const close = () => {
    render(null, root)
    root.remove()
  }
  render(
    <AppContext.Provider value={app}>
      <OfThisPage onClose={close} />
      <Loaded load={loadViewer} inline onClose={close}>
        {({ Viewer }) => <Viewer slides={slides} first={file_id} onClose={close} />}
      </Loaded>
    </AppContext.Provider>,
    root,
  )
}

/** Closes it when the page below it is another one, or another user's (rule W2). */
function OfThisPage({ onClose }: { onClose: () => void }) {
  const { router, session } = useApp()
  useEffect(() => {
    const shown = () => {
      const route = router.route.get()
      return `${route.page === 'room' ? route.room_id : ''} ${session.me.get()?.id}`
    }
    const before = shown()
    const follow = () => {
      if (shown() !== before) onClose()
    }
    const unsubscribe = [router.route.subscribe(follow), session.me.subscribe(follow)]
    return () => {
      for (const leave of unsubscribe) leave()
    }
  }, [])
  return null
}
