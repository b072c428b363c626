import type { Room, RoomState } from '@parlor/client'
import { useApp } from '../../app-context.ts'
import { Gate, PasswordGate, WaitingGate } from './gates.tsx'
import { home } from '../../base-path.ts'

/** Why one is not in the room. */
export type Refusal = {
  code: string
  asksPassword: boolean
  /** Ms of this machine's clock until which no try is taken; null: any. */
  retry_at: number | null
}

type Props = { room: Room; phase: RoomState['phase']; name: string | null; refusal: Refusal | null }

/** What stands between a person and the room: a wait, a question, or a reason; most never see it. */
export function Door({ room, phase, name, refusal }: Props) {
  const { router } = useApp()
  const isTrying = phase === 'joining'
  if (phase === 'waiting' || !refusal) return <WaitingGate name={name} onLeave={() => router.go(home)} />
  const { code, asksPassword, retry_at } = refusal
  if (!asksPassword) return <Gate name={name} code={code} busy={isTrying} onRetry={() => room.retry()} />
  const enter = (password: string) => room.retry({ password })
  return <PasswordGate name={name} code={code} retry_at={retry_at} busy={isTrying} onPassword={enter} />
}
