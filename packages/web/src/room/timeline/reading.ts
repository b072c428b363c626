/** How far somebody has read. */
export type Reading = {
  /** The newest message that was in view, or would have been, had they looked. */
  seen: number
  /** Where they stopped when they were last away: above the first newer message stands the line. */
  mark: number | null
  away: boolean
}

/** Who comes into a room, having been there up to `seen`; null: never before. */
export const opened = (seen: number | null): Reading => ({ seen: seen ?? 0, mark: seen, away: true })

/** What follows from the newest message, and from whether they are away: elsewhere, or reading what is further up. */
export function readOn(reading: Reading, now: { newest: number; away: boolean }): Reading {
  if (now.away) {
    if (reading.away) return reading
    return { ...reading, mark: reading.seen, away: true }
  }
  const nothingCame = reading.away && now.newest <= reading.seen
  const seen = Math.max(reading.seen, now.newest)
  if (seen === reading.seen && !reading.away) return reading
  return { seen, mark: nothingCame ? null : reading.mark, away: false }
}
