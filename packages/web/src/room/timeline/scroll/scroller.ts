import { correction, firstPast, followsEnd, type Mark, nearEdges, type View } from './scroll-anchor.ts'

export type Whereabouts = {
  /** Whether the reader is at the end and what comes is to be followed. */
  following: boolean
  near: { older: boolean; newer: boolean }
  /** The key of the first message in view; null: none, or not known for the end is followed. */
  first: string | null
}

export type Scroller = {
  /**
   * To be called in the layout phase after every change of the list: nothing that is read moves. `isWhole`: whether the
   * list ends with the newest there is, so that its end can be followed.
   */
  keep(isWhole: boolean): void
  toEnd(): void
  /** Puts something of the list in the middle of the view. */
  show(element: HTMLElement): void
  whereabouts(): Whereabouts
  stop(): void
}

/**
 * Keeps the reader's place in a list that grows and shrinks at both ends. The browser's own anchoring is switched off in
 * the style sheet: Safari has none, and two that correct the same change correct it twice.
 *
 * `onMove` is told whenever the reader has moved, or the view or the list has another size.
 */
export function createScroller(view: HTMLElement, list: HTMLElement, onMove: () => void): Scroller {
  let following = true
  let isWhole = true
  let marks: readonly Mark<HTMLElement>[] = []
  let last = measured(view)

  const remember = () => {
    last = measured(view)
    marks = following ? [] : marksIn(view, list)
  }
  const moveTo = (top: number) => {
    view.scrollTop = top
    last = measured(view)
  }
  const restore = () => {
    if (following) return moveTo(view.scrollHeight)
    const edge = view.getBoundingClientRect().top
    const by = correction(marks, (thing) => (thing.isConnected ? thing.getBoundingClientRect().bottom - edge : null))
    if (by === null) return remember()
    // Marks stay as they were: measured anew after each correction, the rounding would add up.
    if (by !== 0) moveTo(view.scrollTop + by)
    else last = measured(view)
  }
  const onScroll = () => {
    const now = measured(view)
    // Our own scrolling is told late, and as if the reader had done it.
    if (Math.abs(now.top - last.top) < 1 && now.height === last.height) return
    following = isWhole && followsEnd(last, now, following)
    remember()
    onMove()
  }
  const onWheel = (event: WheelEvent) => {
    if (event.deltaY < 0 && view.scrollTop > 0) following = false
    if (!following && marks.length === 0) remember()
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
    toEnd() {
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
    whereabouts: () => ({
      following,
      near: nearEdges(measured(view)),
      first: marks[0]?.thing.dataset['message'] ?? null,
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
  height: view.clientHeight,
  content: view.scrollHeight,
})

/** What stands in the view, from its upper edge on. Days and other things between messages come and go: they are no mark. */
function marksIn(view: HTMLElement, list: HTMLElement): Mark<HTMLElement>[] {
  const { top, bottom } = view.getBoundingClientRect()
  const lines = list.children
  const bottomAt = (index: number) => lines[index]?.getBoundingClientRect().bottom ?? 0
  const marks: Mark<HTMLElement>[] = []
  for (let index = firstPast(lines.length, (at) => bottomAt(at) > top + 1); index < lines.length; index += 1) {
    const line = lines[index]
    if (!line) break
    const box = line.getBoundingClientRect()
    if (box.top > bottom) break
    if (line instanceof HTMLElement && line.dataset['message'] !== undefined)
      marks.push({ thing: line, bottom: box.bottom - top })
  }
  return marks
}
