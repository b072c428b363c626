/** Why the reader does not see new messages: they have scrolled up, or the page is hidden. */
export type Away = 'no' | 'up' | 'hidden'

/** How far the reader has read. */
export type Reading = {
  /** The newest message that was in view. */
  seen: number
  /** Where they stopped when they were last away: the unread line is above the first newer message. */
  unreadAfter: number | null
  away: Away
}

/** The seq from which on a room is unread, given its pointer and the user's mark. */
export const firstUnread = ({ read_seq, unread_from }: { read_seq: number; unread_from: number | null }): number =>
  Math.min(read_seq + 1, unread_from ?? Number.POSITIVE_INFINITY)

/** The state on opening a room that was read up to `seen`; null if never. */
export const startReading = (seen: number | null): Reading => ({ seen: seen ?? 0, unreadAfter: seen, away: 'hidden' })

/**
 * The state once the server has said how far the room was read (`seen`), some time after it was opened. Who had read all that
 * was there (`opened`: the newest message then) and has looked at it since has seen what has come since, too: the view is at
 * the end, and an unread line would move it away.
 */
export function startLate(seen: number | null, opened: number, now: { newest: number; away: Away }): Reading {
  const hasSeenAll = seen !== null && seen >= opened && now.away === 'no'
  return startReading(hasSeenAll ? Math.max(seen, now.newest) : seen)
}

/** The next state, given the newest message and whether the reader is away. */
export function advanceReading(reading: Reading, now: { newest: number; away: Away }): Reading {
  if (now.away !== 'no') {
    if (now.away === reading.away) return reading
    const stopped = now.away === 'hidden' ? reading.seen : (reading.unreadAfter ?? reading.seen)
    // Scrolling up does not move an existing line.
    const unreadAfter = now.away === 'up' && reading.away === 'hidden' ? reading.unreadAfter : stopped
    return { ...reading, unreadAfter, away: now.away }
  }
  if (reading.away === 'no' && now.newest <= reading.seen) return reading
  const nothingCame = reading.away !== 'no' && now.newest <= (reading.unreadAfter ?? reading.seen)
  return { seen: Math.max(reading.seen, now.newest), unreadAfter: nothingCame ? null : reading.unreadAfter, away: 'no' }
}
