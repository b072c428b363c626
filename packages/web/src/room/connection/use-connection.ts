import { useApp } from '../../app-context.ts'
import type { Link } from './connection-notice.ts'

/** How things stand with the server, and with this room. */
export function useLink(isCatchingUp: boolean): Link {
  const { session } = useApp()
  const { phase, retry_at, queued } = session.connection.value
  if (phase === 'signed_out') return { phase: 'connecting', retry_at, queued }
  return { phase: phase === 'online' && isCatchingUp ? 'catching_up' : phase, retry_at, queued }
}
