import type { Room, RoomInfo } from '@parlor/client'
import { useMemo, useState } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { ConnectionStrip } from './connection/strip.tsx'
import type { Link } from './connection/trouble.ts'
import { Conversation } from './conversation.tsx'
import { useStoreByFrame } from './frames.ts'
import { type Panel, RoomHead } from './head.tsx'
import { InviteDialog } from './invite/invite-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { PeoplePanel } from './people/people-panel.tsx'
import { useMembersVersion } from './people/use-members-version.ts'
import { SettingsDialog } from './settings/settings-dialog.tsx'
import { useRoomHeight } from './use-room-height.ts'
import { useWaiting } from './use-waiting.ts'

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
      {panel === 'people' && (
        <PeoplePanel
          room_id={room.id}
          me={me}
          present={present}
          presentCount={presence.count}
          waiting={waiting}
          version={version}
          onClose={close}
        />
      )}
      {panel === 'invite' && <InviteDialog room={info} role={me.role} onClose={close} />}
      {panel === 'settings' && <SettingsDialog room={info} role={me.role} onClose={close} />}
      {panel === 'leave' && <LeaveDialog room={room} role={me.role} onClose={close} />}
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
