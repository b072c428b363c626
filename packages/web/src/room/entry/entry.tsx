import type { Room, RoomState } from '@parlor/client'
import { useApp } from '../../app-context.ts'
import { PasswordQuestion } from './password-question.tsx'
import { Refused } from './refused.tsx'
import { WaitingRoom } from './waiting-room.tsx'
import { basePath } from '../../base-path.ts'

/** Why the user is not in the room. */
export type Refusal = {
  code: string
  asksPassword: boolean
  /** Until when no attempt is accepted, in ms of this machine's clock; null if one is. */
  retry_at: number | null
}

type Props = { room: Room; phase: RoomState['phase']; name: string | null; refusal: Refusal | null }

/** Shown instead of the room: the waiting room, the question for the password, or why the user was refused. */
export function RoomEntry({ room, phase, name, refusal }: Props) {
  const { router } = useApp()
  const isTrying = phase === 'joining'
  const tile = { id: room.id, name }
  if (phase === 'waiting' || !refusal) return <WaitingRoom room={tile} onLeave={() => router.go(basePath)} />
  const { code, asksPassword, retry_at } = refusal
  if (!asksPassword) return <Refused room={tile} code={code} busy={isTrying} onRetry={() => room.retry()} />
  const enter = (password: string) => room.retry({ password })
  return <PasswordQuestion room={tile} code={code} retry_at={retry_at} busy={isTrying} onPassword={enter} />
}
