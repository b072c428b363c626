import type { Room, RoomInfo } from '@parlor/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { Loaded } from '../pages/loaded.tsx'
import { ConnectionStrip } from './connection/strip.tsx'
import type { Link } from './connection/trouble.ts'
import { Conversation } from './conversation.tsx'
import { useStoreByFrame } from './frames.ts'
import { type Panel, RoomHead } from './head.tsx'
import { useMembersVersion } from './people/use-members-version.ts'
import { useRoomHeight } from './use-room-height.ts'
import { useWaiting } from './use-waiting.ts'

/** Ms after which the panels are loaded unasked, so that they are there when the network is not. */
const panelsAfter = 5_000
const loadPanels = () => import('./room-panel.tsx')

type Props = { room: Room; info: RoomInfo; me: { user_id: string; role: string }; isCatchingUp: boolean }

/** The room as one sees it from within. */
export function RoomView({ room, info, me, isCatchingUp }: Props) {
  const [panel, setPanel] = useState<Panel | null>(null)
  const close = () => {
    setPanel(null)
    // A dialog gives the focus back by itself; the panel at the side takes it along.
    if (panel === 'people') document.getElementById('room-people')?.focus()
  }
  const presence = useStoreByFrame(room.presence)
  const present = useMemo(() => presence.people.map(({ user }) => user), [presence])
  const waiting = useWaiting(room, () => setPanel('people'))
  const version = useMembersVersion(room)
  const link = useLink(isCatchingUp)
  useRoomHeight()
  useEffect(() => {
    // What fails here is told when a panel is opened.
    const timer = setTimeout(() => void loadPanels().catch(() => {}), panelsAfter)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div class="room" onKeyDown={(event) => event.key === 'Escape' && panel === 'people' && close()}>
      <SkipToComposer />
      <main id="content" class="room-main" tabIndex={-1}>
        <RoomHead
          name={info.name}
          isLocked={info.settings.locked}
          role={me.role}
          present={present}
          presentCount={presence.count}
          waiting={waiting.length}
          open={panel}
          onOpen={(wanted) => setPanel(wanted === panel ? null : wanted)}
        />
        <ConnectionStrip link={link} />
        <Conversation room={room} info={info} me={me} onInvite={() => setPanel('invite')} />
      </main>
      {panel && (
        <Loaded load={loadPanels} inline>
          {({ RoomPanel }) => (
            <RoomPanel
              panel={panel}
              room={room}
              info={info}
              me={me}
              present={present}
              presentCount={presence.count}
              waiting={waiting}
              version={version}
              onClose={close}
            />
          )}
        </Loaded>
      )}
    </div>
  )
}

/** How things stand with the server, and with this room. */
function useLink(isCatchingUp: boolean): Link {
  const { session } = useApp()
  const { phase, retry_at, queued } = session.connection.value
  if (phase === 'signed_out') return { phase: 'connecting', retry_at, queued }
  return { phase: phase === 'online' && isCatchingUp ? 'catching_up' : phase, retry_at, queued }
}

function SkipToComposer() {
  const t = useTexts()
  return (
    <a
      class="skip-link"
      href="#composer"
      onClick={(event) => {
        // By hand: following it would take an invitation out of the address.
        event.preventDefault()
        document.getElementById('composer')?.focus()
      }}
    >
      {t('room.to_composer')}
    </a>
  )
}
