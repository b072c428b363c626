import { useApp } from '../../app-context.ts'
import { useStore } from '../../use-store.ts'
import type { ConnectionStatus } from './connection-notice.ts'

/** The state of the connection, including whether this room is still catching up. */
export function useConnectionStatus(isCatchingUp: boolean): ConnectionStatus {
  const { session } = useApp()
  const { phase, retry_at, queued } = useStore(session.connection)
  if (phase === 'signed_out') return { phase: 'connecting', retry_at, queued }
  return { phase: phase === 'online' && isCatchingUp ? 'catching_up' : phase, retry_at, queued }
}
