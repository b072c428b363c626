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
const loadNewRoom = () => import('./rooms/new-room.tsx')
const loadDrawer = () => import('./rooms/rooms-drawer.tsx')

/** What stands around every page for a user who is known: the rail, and their rooms (rule SH1). */
export function Shell({ route, children }: { route: Route; children: ComponentChildren }) {
  const { session } = useApp()
  const me = useStore(session.me)
  const layout = useLayout()
  const [showsRooms, setShowsRooms] = useState(false)
  const [creates, setCreates] = useState(false)
  const create = () => {
    setShowsRooms(false)
    setCreates(true)
  }
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
            {({ RoomsColumn }) => <RoomsColumn key={me.id} room_id={room_id} onCreate={create} />}
          </Loaded>
        </div>
      )}
      {/* The page is the same element whatever stands around it: what is typed in it stays. */}
      <div class="shell-page">{children}</div>
      {isKnown && <PaletteHost key={me.id} isOpen={searches} onOpen={setSearches} />}
      {isKnown && isDrawer && showsRooms && (
        <Loaded load={loadDrawer} inline withTexts={false} onClose={() => setShowsRooms(false)}>
          {({ RoomsDrawer }) => (
            <RoomsDrawer room_id={room_id} onCreate={create} onClose={() => setShowsRooms(false)} />
          )}
        </Loaded>
      )}
      {/* Here, so that it outlives the column when the window narrows. */}
      {isKnown && creates && (
        <Loaded load={loadNewRoom} inline withTexts={false} onClose={() => setCreates(false)}>
          {({ NewRoom }) => <NewRoom key={me.id} onClose={() => setCreates(false)} />}
        </Loaded>
      )}
    </div>
  )
}
