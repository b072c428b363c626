/** How the connection to the server and to the room stands. */
export type Link = {
  phase: 'connecting' | 'reconnecting' | 'offline' | 'catching_up' | 'online'
  /** When it is tried again, in ms of the clock; null: it is being tried. */
  retry_at: number | null
  /** Own messages that are not stored yet. */
  queued: number
}

/** What is said about it. Null: nothing, all is well. */
export type Trouble =
  | { kind: 'connecting' | 'catching_up' | 'back' }
  | { kind: 'reconnecting'; retry_at: number | null; queued: number }
  | { kind: 'offline'; queued: number }

/** Trouble that is shorter is none. */
export const patienceMs = 700
/** So long it is said that all is well again, to whoever was told that it is not. */
export const reliefMs = 2500

export function troubleOf({ phase, retry_at, queued }: Link): Trouble | null {
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
