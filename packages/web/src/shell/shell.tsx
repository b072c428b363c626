import './shell.css'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { PaletteHost } from '../palette/palette-host.tsx'
import { useApp } from '../app-context.ts'
import { useLayout } from '../layout.ts'
import { Loaded } from '../pages/loaded.tsx'
import type { Route } from '../router.ts'
import { useStore } from '../use-store.ts'
import { Rail } from './rail.tsx'
import { useNotifications } from './use-notifications.ts'
import { useUnreadMark } from './use-unread-mark.ts'

const loadRooms = () => import('./rooms/rooms-column.tsx')
const loadDrawer = () => import('./rooms/rooms-drawer.tsx')

/** What stands around every page for a user who is known: the rail, and their rooms (rule SH1). */
export function Shell({ route, children }: { route: Route; children: ComponentChildren }) {
  const { session } = useApp()
  const me = useStore(session.me)
  const layout = useLayout()
  const [showsRooms, setShowsRooms] = useState(false)
  const [searches, setSearches] = useState(false)
  useUnreadMark(me !== null)
  useNotifications(me !== null)
  const isDrawer = layout === 'medium'
  const isKnown = me !== null && route.page !== 'setup'
  const room_id = route.page === 'room' ? route.room_id : null
  return (
    <div class="shell" data-known={isKnown || undefined} data-page={route.page}>
      {isKnown && (
        <Rail
          me={me}
          page={route.page}
          onSearch={() => setSearches(true)}
          onRooms={isDrawer ? () => setShowsRooms(true) : null}
        />
      )}
      {isKnown && layout === 'wide' && (
        <div class="shell-rooms">
          <Loaded load={loadRooms} inline withTexts={false} waiting={null}>
            {({ RoomsColumn }) => <RoomsColumn key={me.id} room_id={room_id} />}
          </Loaded>
        </div>
      )}
      {/* The page is the same element whatever stands around it: what is typed in it stays. */}
      <div class="shell-page">{children}</div>
      {isKnown && <PaletteHost key={me.id} isOpen={searches} onOpen={setSearches} />}
      {isKnown && isDrawer && showsRooms && (
        <Loaded load={loadDrawer} inline withTexts={false} onClose={() => setShowsRooms(false)}>
          {({ RoomsDrawer }) => <RoomsDrawer room_id={room_id} onClose={() => setShowsRooms(false)} />}
        </Loaded>
      )}
    </div>
  )
}
