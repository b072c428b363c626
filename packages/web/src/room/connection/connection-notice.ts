/** The state of the connection to the server and to the room. */
export type ConnectionStatus = {
  phase: 'connecting' | 'reconnecting' | 'offline' | 'catching_up' | 'online'
  /** When the next attempt is made, in ms of the clock; null while one is running. */
  retry_at: number | null
  /** The number of own messages that are not stored yet. */
  queued: number
}

/** What the strip says about the connection. */
export type ConnectionNotice =
  | { kind: 'connecting' | 'catching_up' | 'back' }
  | { kind: 'reconnecting'; retry_at: number | null; queued: number }
  | { kind: 'offline'; queued: number }

/** Ms. A shorter interruption is not shown. */
export const showAfterMs = 700
/** Ms for which "Back online" is shown after an interruption that was shown. */
export const restoredForMs = 2500

export function noticeFor({ phase, retry_at, queued }: ConnectionStatus): ConnectionNotice | null {
  switch (phase) {
    case 'online':
      return null
    case 'connecting':
    case 'catching_up':
      return { kind: phase }
    case 'reconnecting':
      return { kind: phase, retry_at, queued }
    case 'offline':
      return { kind: phase, queued }
  }
}
