import type { Room, RoomState } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ActivityParts } from '../activities/activity.ts'
import { ground } from '../activities/list.ts'
import { useApp } from '../app-context.ts'
import { Loaded } from '../pages/loaded.tsx'
import type { Refusal } from './entry/entry.tsx'
import { useStore } from '../use-store.ts'
import { RoomView } from './room-view.tsx'
import { Skeleton } from './skeleton.tsx'
import { useRoomName } from './entry/use-room-name.ts'

const loadEntry = () => import('./entry/entry.tsx')

/** A room, from joining it to being in it, waiting, or being refused or removed. */
export function RoomPage({ room_id, invite }: { room_id: string; invite: string | null }) {
  const { session } = useApp()
  const [room] = useState(() => session.parlor.join(room_id, wayIn(invite)))
  useEffect(() => () => room.detach(), [room])
  useNewInvite(room, invite)
  return (
    <Loaded load={ground.load} withTexts={false} waiting={<Skeleton name={null} />}>
      {({ Stage }) => <Joined room={room} Ground={Stage} />}
    </Loaded>
  )
}

/** The ground's code is loaded while the room is joined, and there before anything is shown of it. */
function Joined({ room, Ground }: { room: Room; Ground: ActivityParts['Stage'] }) {
  const state = useStore(room.state)
  if ((state.phase === 'live' || state.phase === 'catching_up') && state.room && state.me)
    return (
      <RoomView
        key={state.me.user_id}
        room={room}
        info={state.room}
        me={state.me}
        isCatchingUp={state.phase === 'catching_up'}
        Ground={Ground}
      />
    )
  return <Outside room={room} state={state} />
}

const wayIn = (invite: string | null) => (invite === null ? {} : { invite })

/** Another invite link to the same room is another attempt to join. */
function useNewInvite(room: Room, invite: string | null): void {
  const tried = useRef(invite)
  useEffect(() => {
    if (invite === tried.current) return
    tried.current = invite
    const { phase } = room.state.get()
    if (phase === 'refused' || phase === 'denied' || phase === 'removed') room.retry(wayIn(invite))
  }, [room, invite])
}

/** Shown while the user is not in the room: joining, waiting, refused or removed. */
function Outside({ room, state }: { room: Room; state: RoomState }) {
  const name = useRoomName(room.id, state)
  const refusal = useRefusal(state)
  if (state.phase !== 'waiting' && !refusal) return <Skeleton name={name} />
  return (
    <Loaded load={loadEntry}>
      {({ RoomEntry }) => <RoomEntry room={room} phase={state.phase} name={name} refusal={refusal} />}
    </Loaded>
  )
}

/**
 * Why the user is not in the room. It stays until the next answer, so that the page does not flicker during a retry.
 */
function useRefusal(state: RoomState): Refusal | null {
  const last = useRef<Refusal | null>(null)
  const seen = useRef<RoomState | null>(null)
  if (state.phase === 'waiting') last.current = null
  else if (state.phase !== 'joining' && state !== seen.current) last.current = refusalOf(state, last.current)
  seen.current = state
  return last.current
}

function refusalOf({ phase, error }: RoomState, before: Refusal | null): Refusal {
  const code = error?.code ?? (phase === 'closed' ? 'room_closed' : phase)
  const isAboutPassword = code === 'password_required' || code === 'invalid_password'
  // After too many wrong passwords: the same question, later.
  const asksPassword = isAboutPassword || (code === 'rate_limited' && before?.asksPassword === true)
  const wait = error?.details.retry_after
  return { code, asksPassword, retry_at: wait === undefined ? null : Date.now() + wait * 1000 }
}
