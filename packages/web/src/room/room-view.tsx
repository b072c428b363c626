import './room-view.css'
import type { Room, RoomInfo } from '@parlor/client'
import { roomRoleOf } from '@parlor/client/permissions'
import { useEffect, useMemo } from 'preact/hooks'
import type { ActivityParts } from '../activities/activity.ts'
import { ground } from '../activities/list.ts'
import { useApp, useTexts } from '../app-context.ts'
import { Loaded, usePreload } from '../pages/loaded.tsx'
import { useStoreByFrame } from '../use-store.ts'
import { ConnectionStrip } from './connection/strip.tsx'
import { useConnectionStatus } from './connection/use-connection.ts'
import { ActivitySwitch } from './frame/activity-switch.tsx'
import { GroundPlace } from './frame/ground.tsx'
import { Running } from './frame/running.tsx'
import { Stage } from './frame/stage.tsx'
import { Strips } from './frame/strips.tsx'
import { type Frame, useFrame } from './frame/use-frame.ts'
import { RoomHead } from './head.tsx'
import { mayOpen } from './may.ts'
import { useMembersVersion } from './people/use-members-version.ts'
import { useWaiting } from './people/use-waiting.ts'
import { useDialogs } from './use-dialogs.ts'
import { usePasswordNotice } from './use-password-notice.ts'
import { useRoomHeight } from './use-room-height.ts'

/** Ms after which the code of the panels is loaded ahead at the latest, so that they open without a network. */
const panelsAfter = 5_000
const loadPanels = () => import('./room-panel.tsx')

type Props = {
  room: Room
  info: RoomInfo
  me: { user_id: string; role: string }
  isCatchingUp: boolean
  Ground: ActivityParts['Stage']
}

/** The room for somebody who is in it. */
export function RoomView({ room, info, me: { user_id, role }, isCatchingUp, Ground }: Props) {
  const { language } = useApp().texts
  const me = { user_id, role: roomRoleOf(info, user_id, role) }
  const frame = useFrame(room, info)
  const { fills, panel, dock } = frame
  const isOffered = (dialog: Parameters<typeof mayOpen>[0]) => mayOpen(dialog, me.role, info.access)
  const dialogs = useDialogs(isOffered)
  const showsPeople = panel === 'people'
  const showPeople = () => frame.showPanel('people')
  const presence = useStoreByFrame(room.presence)
  const present = useMemo(() => presence.people.map(({ user }) => user), [presence])
  const waiting = useWaiting(room, dialogs.open.at(-1) ?? sheetOf(frame), showPeople)
  usePasswordNotice(room, user_id, isOffered('settings') ? () => dialogs.show('settings') : null)
  const version = useMembersVersion(room)
  const status = useConnectionStatus(isCatchingUp)
  useRoomHeight()
  const preloadPanels = usePreload(loadPanels)
  useEffect(() => {
    const timer = setTimeout(preloadPanels, panelsAfter)
    return () => clearTimeout(timer)
  }, [])
  const inRoom = { room, info, me }
  const groundPlace = placeOfGround(frame)
  const live = frame.on.filter(({ name }) => frame.live.has(name))
  return (
    <div
      class="room"
      data-dock={dock ?? undefined}
      onKeyDown={(event) => event.key === 'Escape' && panel !== ground.name && frame.closePanel()}
    >
      <SkipToComposer />
      <main id="content" class="room-main" tabIndex={-1}>
        <RoomHead
          info={info}
          isOffered={isOffered}
          present={present}
          presentCount={presence.count}
          waiting={waiting.length}
          showsPeople={showsPeople}
          onApproach={preloadPanels}
          onPeople={showsPeople ? frame.closePanel : showPeople}
          onOpen={dialogs.show}
        >
          {frame.on.length > 1 && (
            <ActivitySwitch on={frame.on} live={frame.live} fills={fills} hrefOf={frame.hrefOf} />
          )}
        </RoomHead>
        <Strips>
          <ConnectionStrip status={status} />
          <Running live={live} fills={fills} hrefOf={frame.hrefOf} />
        </Strips>
        {fills !== ground && (
          <Stage
            key={fills.name}
            activity={fills}
            minis={live.filter((activity) => activity !== fills)}
            hrefOf={frame.hrefOf}
            {...inRoom}
          />
        )}
        <GroundPlace place={groundPlace} label={ground.label[language]}>
          <Ground
            {...inRoom}
            others={frame.on.slice(1)}
            isShown={groundPlace !== 'hidden'}
            invite={isOffered('invite') ? { open: () => dialogs.show('invite'), approach: preloadPanels } : null}
          />
        </GroundPlace>
      </main>
      {panel !== null && (
        <Loaded load={loadPanels} inline onClose={frame.closePanel}>
          {({ DetailsPanel }) => (
            <DetailsPanel
              {...inRoom}
              {...{ fills, panel, dock, present, waiting, version }}
              presentCount={presence.count}
              onChoose={frame.showPanel}
              onClose={frame.closePanel}
            />
          )}
        </Loaded>
      )}
      {dialogs.open.map((dialog) => (
        <Loaded key={dialog} load={loadPanels} inline onClose={() => dialogs.close(dialog)}>
          {({ RoomDialog }) => (
            <RoomDialog {...{ dialog, room, info }} role={me.role} onClose={() => dialogs.close(dialog)} />
          )}
        </Loaded>
      ))}
    </div>
  )
}

/** The panel, if it lies over the stage or shows the people: nothing is told over or beside it. */
const sheetOf = ({ panel, dock }: Frame): string | null => (panel === 'people' || dock === null ? panel : null)

function placeOfGround({ fills, panel }: Frame): 'stage' | 'panel' | 'hidden' {
  if (fills === ground) return 'stage'
  return panel === ground.name ? 'panel' : 'hidden'
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
