import type { Room, RoomState } from '@parlor/client'
import { useApp } from '../app-context.ts'
import { Gate, PasswordGate, WaitingGate } from './gates.tsx'

/** Why one is not in the room. */
export type Refusal = { code: string; asksPassword: boolean }

type Props = { room: Room; phase: RoomState['phase']; name: string | null; refusal: Refusal | null }

/** What stands between a person and the room: a wait, a question, or a reason; most never see it. */
export function Door({ room, phase, name, refusal }: Props) {
  const { router } = useApp()
  const isTrying = phase === 'joining'
  if (phase === 'waiting' || !refusal) return <WaitingGate name={name} onLeave={() => router.go('/')} />
  const { code, asksPassword } = refusal
  if (!asksPassword) return <Gate name={name} code={code} busy={isTrying} onRetry={() => room.retry()} />
  const enter = (password: string) => room.retry({ password })
  return <PasswordGate name={name} code={code} busy={isTrying} onPassword={enter} />
}
