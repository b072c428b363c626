import { useEffect } from 'preact/hooks'
import { Loaded } from '../pages/loaded.tsx'
import { useApp } from '../app-context.ts'
import { roomPath } from '../router.ts'
import { opensPalette } from './keys.ts'
import { asksForNextUnread, nextUnread } from './next-unread.ts'

const loadPalette = () => import('./palette.tsx')

/** The keys that work on every page. The palette's code is loaded when it is opened (rules SH6 and SH8). */
export function PaletteHost({ isOpen, onOpen }: { isOpen: boolean; onOpen: (isOpen: boolean) => void }) {
  const { session, router } = useApp()
  useEffect(() => {
    const follow = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const act = opensPalette(event) ? () => onOpen(true) : asksForNextUnread(event) ? goToNext : null
      if (!act) return
      event.preventDefault()
      // In a dialog the keys do nothing: closing it might lose what was typed there.
      if (!document.querySelector('dialog:modal')) act()
    }
    const goToNext = () => {
      const route = router.route.get()
      const next = nextUnread(session.feed().get().items, route.page === 'room' ? route.room_id : null, Date.now())
      if (next) router.go(roomPath(next.id))
    }
    addEventListener('keydown', follow)
    return () => removeEventListener('keydown', follow)
  }, [])
  if (!isOpen) return null
  const close = () => onOpen(false)
  return (
    <Loaded load={loadPalette} inline withTexts={false} waiting={null} onClose={close}>
      {({ Palette }) => <Palette onClose={close} />}
    </Loaded>
  )
}
