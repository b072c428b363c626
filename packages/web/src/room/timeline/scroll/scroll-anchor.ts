/** A thing in the view, and where it ends, in pixels below the view's upper edge. */
export type Mark<Thing> = { thing: Thing; bottom: number }

/** What the view measures, in pixels. */
export type View = { top: number; height: number; content: number }

/** This near to the end, somebody who scrolls down has arrived. */
const arrivedWithin = 24
/** Browsers round positions to the points of the screen. */
const rounding = 1.5

const distanceToEnd = ({ top, height, content }: View): number => content - height - top

/**
 * Whether the reader follows the end after having scrolled from `before` to `now`: any step up ends it, however small, or
 * nobody could leave the end of a room in which much is said.
 */
export function followsEnd(before: View, now: View, wasFollowing: boolean): boolean {
  const distance = distanceToEnd(now)
  if (distance <= rounding) return true
  if (now.top < before.top - rounding) return false
  return distance <= arrivedWithin || (wasFollowing && now.top <= before.top + rounding)
}

/** Which end of what is loaded is so near that more should be there before the reader is. */
export function nearEdges(view: View): { older: boolean; newer: boolean } {
  const near = Math.max(1000, 1.5 * view.height)
  return { older: view.top < near, newer: distanceToEnd(view) < near }
}

/**
 * How far to scroll so that what was in view is where it was, given where things end now. Things that are gone say nothing;
 * null if all are.
 *
 * A message is held by its lower end: what may change of it when others come is above its text, its sender's name.
 */
export function correction<Thing>(
  marks: readonly Mark<Thing>[],
  bottomOf: (thing: Thing) => number | null,
): number | null {
  for (const { thing, bottom } of marks) {
    const now = bottomOf(thing)
    if (now !== null) return now - bottom
  }
  return null
}

/** The first of `count` things in order of which `isPast` holds; `count` if it holds of none. */
export function firstPast(count: number, isPast: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isPast(middle)) high = middle
    else low = middle + 1
  }
  return low
}
