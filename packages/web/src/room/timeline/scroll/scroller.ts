import {
  type Anchor,
  firstPast,
  followsEnd,
  isResized,
  nearEdges,
  scrollCorrection,
  type View,
} from './scroll-anchor.ts'

export type ScrollState = {
  /** Whether the view follows new messages at the end. */
  following: boolean
  near: { older: boolean; newer: boolean }
  /** The key of the first message in view; null if there is none or the end is followed. */
  first: string | null
}

export type Scroller = {
  /**
   * Restores the reader's position; call it in the layout phase after every change of the list. `isWhole`: whether the
   * list ends with the newest message, so that its end can be followed.
   */
  keep(isWhole: boolean): void
  scrollToEnd(): void
  /** Scrolls an element of the list to the middle of the view. */
  show(element: HTMLElement): void
  state(): ScrollState
  stop(): void
}

/**
 * Keeps the reader's position in a list that grows and shrinks at both ends. The browser's scroll anchoring is switched off
 * in the style sheet: Safari has none, and two mechanisms would correct the same change twice.
 *
 * `onMove` is called whenever the reader has scrolled, or the view or the list was resized.
 */
export function createScroller(view: HTMLElement, list: HTMLElement, onMove: () => void): Scroller {
  let following = true
  let isWhole = true
  let anchors: readonly Anchor<HTMLElement>[] = []
  let last = measured(view)

  const remember = () => {
    last = measured(view)
    anchors = following ? [] : anchorsIn(view, list)
  }
  const moveTo = (top: number) => {
    view.scrollTop = top
    last = measured(view)
  }
  const restore = () => {
    if (following) return moveTo(view.scrollHeight)
    const by = scrollCorrection(anchors, (item) => (item.isConnected ? item.getBoundingClientRect().bottom : null))
    if (by === null) return remember()
    // The anchors are not measured again: rounding would add up over corrections.
    if (by !== 0) moveTo(view.scrollTop + by)
    else last = measured(view)
  }
  const onScroll = () => {
    const now = measured(view)
    // The size observer is called after the scroll events of its frame.
    if (isResized(last, now)) return restore()
    // The browser reports our own scrolling later, as if the reader had scrolled.
    if (Math.abs(now.top - last.top) < 1) return
    following = isWhole && followsEnd(last, now, following)
    remember()
    onMove()
  }
  const onWheel = (event: WheelEvent) => {
    if (event.deltaY < 0 && view.scrollTop > 0) following = false
    if (!following && anchors.length === 0) remember()
  }
  const sizes = new ResizeObserver(() => {
    restore()
    onMove()
  })
  view.addEventListener('scroll', onScroll, { passive: true })
  view.addEventListener('wheel', onWheel, { passive: true })
  sizes.observe(view)
  sizes.observe(list)
  return {
    keep(whole) {
      isWhole = whole
      if (following && !isWhole) {
        following = false
        remember()
      }
      restore()
    },
    scrollToEnd() {
      following = isWhole
      view.scrollTop = view.scrollHeight
      remember()
      onMove()
    },
    show(element) {
      const { top, height } = view.getBoundingClientRect()
      const box = element.getBoundingClientRect()
      moveTo(view.scrollTop + box.top - top - Math.max(0, (height - box.height) / 2))
      following = isWhole && followsEnd(last, last, false)
      remember()
      onMove()
    },
    state: () => ({
      following,
      near: nearEdges(measured(view)),
      first: anchors[0]?.item.dataset['message'] ?? null,
    }),
    stop() {
      view.removeEventListener('scroll', onScroll)
      view.removeEventListener('wheel', onWheel)
      sizes.disconnect()
    },
  }
}

const measured = (view: HTMLElement): View => ({
  top: view.scrollTop,
  width: view.clientWidth,
  height: view.clientHeight,
  content: view.scrollHeight,
})

/** The messages in view, first one first. Dates and other lines between messages come and go: they are no anchors. */
function anchorsIn(view: HTMLElement, list: HTMLElement): Anchor<HTMLElement>[] {
  const { top, bottom } = view.getBoundingClientRect()
  const lines = list.children
  const bottomAt = (index: number) => lines[index]?.getBoundingClientRect().bottom ?? 0
  const anchors: Anchor<HTMLElement>[] = []
  for (let index = firstPast(lines.length, (at) => bottomAt(at) > top + 1); index < lines.length; index += 1) {
    const line = lines[index]
    if (!line) break
    const box = line.getBoundingClientRect()
    if (box.top > bottom) break
    if (line instanceof HTMLElement && line.dataset['message'] !== undefined)
      anchors.push({ item: line, bottom: box.bottom })
  }
  return anchors
}
