import './room-view.css'
import type { Room, RoomInfo } from '@parlor/client'
import { roomRoleOf } from '@parlor/client/permissions'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { useTexts } from '../app-context.ts'
import { Loaded } from '../pages/loaded.tsx'
import { ConnectionStrip } from './connection/strip.tsx'
import { useConnectionStatus } from './connection/use-connection.ts'
import { Conversation } from './conversation.tsx'
import { useStoreByFrame } from '../use-store.ts'
import { type Panel, RoomHead } from './head.tsx'
import { mayInvite } from './may.ts'
import { useMembersVersion } from './people/use-members-version.ts'
import { useRoomHeight } from './use-room-height.ts'
import { usePasswordNotice } from './use-password-notice.ts'
import { useWaiting } from './people/use-waiting.ts'

/** Ms after which the panels' code is loaded ahead, so that they open without a network. */
const panelsAfter = 5_000
const loadPanels = () => import('./room-panel.tsx')

type Props = { room: Room; info: RoomInfo; me: { user_id: string; role: string }; isCatchingUp: boolean }

/** The room for somebody who is in it. */
export function RoomView({ room, info, me: { user_id, role }, isCatchingUp }: Props) {
  const me = { user_id, role: roomRoleOf(info, user_id, role) }
  /** Open panels, the front one last: the people stay open behind a dialog. */
  const [panels, setPanels] = useState<readonly Panel[]>([])
  const open = (panel: Panel) => setPanels((others) => [...others.filter((other) => other !== panel), panel])
  const close = (panel: Panel) => {
    setPanels((others) => others.filter((other) => other !== panel))
    // A dialog restores the focus; the side panel does not.
    if (panel === 'people') document.getElementById('room-people')?.focus()
  }
  const showsPeople = panels.includes('people')
  const presence = useStoreByFrame(room.presence)
  const present = useMemo(() => presence.people.map(({ user }) => user), [presence])
  const waiting = useWaiting(room, panels.at(-1) ?? null, () => open('people'))
  usePasswordNotice(room, user_id, () => open('settings'))
  const version = useMembersVersion(room)
  const status = useConnectionStatus(isCatchingUp)
  useRoomHeight()
  useEffect(() => {
    // An error is shown when a panel is opened.
    const timer = setTimeout(() => void loadPanels().catch(() => {}), panelsAfter)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div class="room" onKeyDown={(event) => event.key === 'Escape' && showsPeople && close('people')}>
      <SkipToComposer />
      <main id="content" class="room-main" tabIndex={-1}>
        <RoomHead
          name={info.name}
          isLocked={info.settings.locked}
          role={me.role}
          present={present}
          presentCount={presence.count}
          waiting={waiting.length}
          showsPeople={showsPeople}
          mayInvite={mayInvite(me.role, info.access)}
          onOpen={(panel) => (panels.includes(panel) ? close(panel) : open(panel))}
        />
        <ConnectionStrip status={status} />
        <Conversation room={room} info={info} me={me} onInvite={() => open('invite')} />
      </main>
      {panels.map((panel) => (
        <Loaded key={panel} load={loadPanels} inline>
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
              onClose={() => close(panel)}
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
