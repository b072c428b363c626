/** Why somebody does not see what comes: they read what is further up, or another page is in front of this one. */
export type Away = 'no' | 'up' | 'hidden'

/** How far somebody has read. */
export type Reading = {
  /** The newest message that was in view, or would have been, had they looked. */
  seen: number
  /** Where they stopped when they were last away: above the first newer message stands the line. */
  mark: number | null
  away: Away
}

/** Who comes into a room, having been there up to `seen`; null: never before. */
export const opened = (seen: number | null): Reading => ({ seen: seen ?? 0, mark: seen, away: 'hidden' })

/** What follows from the newest message, and from whether they are away. */
export function readOn(reading: Reading, now: { newest: number; away: Away }): Reading {
  if (now.away !== 'no') {
    if (now.away === reading.away) return reading
    const stopped = now.away === 'hidden' ? reading.seen : (reading.mark ?? reading.seen)
    // Looking around does not move a line that is there.
    const mark = now.away === 'up' && reading.away === 'hidden' ? reading.mark : stopped
    return { ...reading, mark, away: now.away }
  }
  if (reading.away === 'no' && now.newest <= reading.seen) return reading
  const nothingCame = reading.away !== 'no' && now.newest <= (reading.mark ?? reading.seen)
  return { seen: Math.max(reading.seen, now.newest), mark: nothingCame ? null : reading.mark, away: 'no' }
}
