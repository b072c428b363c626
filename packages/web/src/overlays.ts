export type Overlays = {
  /** Something opens over the page: Back calls `close`. What is returned is called when it has closed, however that came. */
  open(close: () => void): () => void
  /** Goes to another page, over which nothing lies: in a new entry, or in the one of what lay over the page before. */
  leaveFor(go: (isNew: boolean) => void): void
}

/**
 * What lies over the page has an entry of the history each, numbered from 1, so that Back takes it away and not the page.
 * It goes with its entry: none is left for Back, and the one that Forward still finds is left at once.
 */
export function createOverlays(window: Window): Overlays {
  const { history } = window
  const closes: (() => void)[] = []
  /** The history is on its way back to as many entries as lie over the page; it arrives later. */
  let isReturning = false
  let next: (() => void) | null = null
  const level = () => (typeof history.state === 'number' ? history.state : 0)

  function settle(): void {
    if (isReturning) return
    while (level() < closes.length) history.pushState(level() + 1, '')
    isReturning = level() > closes.length
    if (isReturning) history.go(closes.length - level())
    else if (next) leave(next)
  }

  function leave(go: () => void): void {
    next = null
    closes.length = 0
    go()
  }

  window.addEventListener('popstate', () => {
    if (!isReturning) for (const close of closes.splice(level()).toReversed()) close()
    isReturning = false
    settle()
  })
  // The page was loaded anew while something lay over it.
  settle()
  return {
    open(close) {
      closes.push(close)
      settle()
      return () => {
        const at = closes.indexOf(close)
        if (at < 0) return
        closes.splice(at, 1)
        // Later: what opens in its place takes over its entry.
        queueMicrotask(settle)
      }
    },
    leaveFor(go) {
      const leaving = () => go(level() === 0)
      if (isReturning) next = leaving
      else leave(leaving)
    },
  }
}
