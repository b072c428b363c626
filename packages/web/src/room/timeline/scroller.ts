import { correction, firstPast, followsEnd, type Mark, nearEdges, type View } from './place.ts'

export type Whereabouts = {
  /** Whether the reader is at the end and what comes is to be followed. */
  following: boolean
  near: { older: boolean; newer: boolean }
}

export type Scroller = Disposable & {
  /** To be called in the layout phase after every change of the list: nothing that is read moves. */
  keep(): void
  toEnd(): void
  /** Puts something of the list in the middle of the view. */
  show(element: HTMLElement): void
  whereabouts(): Whereabouts
}

/**
 * Keeps the reader's place in a list that grows and shrinks at both ends. The browser's own anchoring is switched off in
 * the style sheet: Safari has none, and two that correct the same change correct it twice.
 *
 * `onMove` is told whenever the reader has moved, or the view or the list has another size.
 */
export function createScroller(view: HTMLElement, list: HTMLElement, onMove: () => void): Scroller {
  let following = true
  let marks: readonly Mark<Element>[] = []
  let last = measured(view)

  const remember = () => {
    last = measured(view)
    marks = following ? [] : marksIn(view, list)
  }
  const moveTo = (top: number) => {
    view.scrollTop = top
    last = measured(view)
  }
  const keep = () => {
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
    following = followsEnd(last, now, following)
    remember()
    onMove()
  }
  const onWheel = (event: WheelEvent) => {
    if (event.deltaY < 0 && view.scrollTop > 0) following = false
    if (!following && marks.length === 0) remember()
  }
  const sizes = new ResizeObserver(() => {
    keep()
    onMove()
  })
  view.addEventListener('scroll', onScroll, { passive: true })
  view.addEventListener('wheel', onWheel, { passive: true })
  sizes.observe(view)
  sizes.observe(list)
  return {
    keep,
    toEnd() {
      following = true
      keep()
      onMove()
    },
    show(element) {
      const { top, height } = view.getBoundingClientRect()
      const box = element.getBoundingClientRect()
      following = false
      moveTo(view.scrollTop + box.top - top - Math.max(0, (height - box.height) / 2))
      remember()
      onMove()
    },
    whereabouts: () => ({ following, near: nearEdges(measured(view)) }),
    [Symbol.dispose]() {
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
function marksIn(view: HTMLElement, list: HTMLElement): Mark<Element>[] {
  const { top, bottom } = view.getBoundingClientRect()
  const lines = list.children
  const bottomAt = (index: number) => lines[index]?.getBoundingClientRect().bottom ?? 0
  const marks: Mark<Element>[] = []
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
