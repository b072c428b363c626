/**
 * An element in view, and its lower edge in pixels below the window's upper edge: what is read stays where it is also when
 * something appears above the view.
 */
export type Anchor<Item> = { item: Item; bottom: number }

/** The view's scroll position and size, and the height of its content, in pixels. */
export type View = { top: number; width: number; height: number; content: number }

/** Pixels. A reader who scrolls down to within this distance of the end follows it. */
const followWithin = 24
/** Pixels. Browsers round positions to device pixels. */
const rounding = 1.5

const distanceToEnd = ({ top, height, content }: View): number => content - height - top

/**
 * Whether the view follows the end after the reader scrolled from `before` to `now`. The smallest step up ends it, or
 * nobody could leave the end of a busy room.
 */
export function followsEnd(before: View, now: View, wasFollowing: boolean): boolean {
  const distance = distanceToEnd(now)
  if (distance <= rounding) return true
  if (now.top < before.top - rounding) return false
  return distance <= followWithin || (wasFollowing && now.top <= before.top + rounding)
}

/**
 * Whether the view itself has another size (rule TL1). The browser then moves the content when it no longer reaches so
 * far, which looks like a step up by the reader.
 */
export const isResized = (before: View, now: View): boolean =>
  before.width !== now.width || before.height !== now.height

/** Which ends of the loaded messages are so near that more should be loaded. */
export function nearEdges(view: View): { older: boolean; newer: boolean } {
  const near = Math.max(1000, 1.5 * view.height)
  return { older: view.top < near, newer: distanceToEnd(view) < near }
}

/**
 * How far to scroll so that the first anchor still present is where it was; null if all are gone.
 *
 * A message is anchored by its lower edge: what may change when others come is its sender's name, above its text.
 */
export function scrollCorrection<Item>(
  anchors: readonly Anchor<Item>[],
  bottomOf: (item: Item) => number | null,
): number | null {
  for (const { item, bottom } of anchors) {
    const now = bottomOf(item)
    if (now !== null) return now - bottom
  }
  return null
}

/** Binary search: the first index for which `isPast` holds; `count` if there is none. */
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
