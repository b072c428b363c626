import './room-view.css'
import type { Room, RoomInfo } from '@parlor/client'
import { roomRoleOf } from '@parlor/client/permissions'
import { useEffect, useMemo } from 'preact/hooks'
import { useTexts } from '../app-context.ts'
import { Loaded, usePreload } from '../pages/loaded.tsx'
import { ConnectionStrip } from './connection/strip.tsx'
import { useConnectionStatus } from './connection/use-connection.ts'
import { Conversation } from './conversation.tsx'
import { useStoreByFrame } from '../use-store.ts'
import { RoomHead } from './head.tsx'
import { mayOpen } from './may.ts'
import { useMembersVersion } from './people/use-members-version.ts'
import { usePanels } from './use-panels.ts'
import { useRoomHeight } from './use-room-height.ts'
import { usePasswordNotice } from './use-password-notice.ts'
import { useWaiting } from './people/use-waiting.ts'

/** Ms after which the code of the panels is loaded ahead at the latest, so that they open without a network. */
const panelsAfter = 5_000
const loadPanels = () => import('./room-panel.tsx')

type Props = { room: Room; info: RoomInfo; me: { user_id: string; role: string }; isCatchingUp: boolean }

/** The room for somebody who is in it. */
export function RoomView({ room, info, me: { user_id, role }, isCatchingUp }: Props) {
  const me = { user_id, role: roomRoleOf(info, user_id, role) }
  const panels = usePanels((panel) => mayOpen(panel, me.role, info.access))
  const showsPeople = panels.open.includes('people')
  const presence = useStoreByFrame(room.presence)
  const present = useMemo(() => presence.people.map(({ user }) => user), [presence])
  const waiting = useWaiting(room, panels.open.at(-1) ?? null, () => panels.show('people'))
  usePasswordNotice(room, user_id, mayOpen('settings', me.role, info.access) ? () => panels.show('settings') : null)
  const version = useMembersVersion(room)
  const status = useConnectionStatus(isCatchingUp)
  useRoomHeight()
  const preloadPanels = usePreload(loadPanels)
  useEffect(() => {
    const timer = setTimeout(preloadPanels, panelsAfter)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div class="room" onKeyDown={(event) => event.key === 'Escape' && showsPeople && panels.close('people')}>
      <SkipToComposer />
      <main id="content" class="room-main" tabIndex={-1}>
        <RoomHead
          name={info.name}
          isLocked={info.settings.locked}
          isOffered={(panel) => mayOpen(panel, me.role, info.access)}
          present={present}
          presentCount={presence.count}
          waiting={waiting.length}
          showsPeople={showsPeople}
          onApproach={preloadPanels}
          onOpen={panels.toggle}
        />
        <ConnectionStrip status={status} />
        <Conversation
          room={room}
          info={info}
          me={me}
          onInviteApproach={preloadPanels}
          onInvite={() => panels.show('invite')}
        />
      </main>
      {panels.open.map((panel) => (
        <Loaded key={panel} load={loadPanels} inline onClose={() => panels.close(panel)}>
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
              onClose={() => panels.close(panel)}
            />
          )}
        </Loaded>
      ))}
    </div>
  )
}

function SkipToComposer() {
  const t = useTexts()
  return (
    <a
      class="skip-link"
      href="#composer"
      onClick={(event) => {
        // By hand: following the link would remove an invitation from the address.
        event.preventDefault()
        document.getElementById('composer')?.focus()
      }}
    >
      {t('room.to_composer')}
    </a>
  )
}
