export type Overlays = {
  /**
   * Registers an overlay that Back closes by calling `close`; with `behind`, after those that are open already. Call the
   * returned function once it has closed in any way.
   */
  open(close: () => void, options?: { behind: boolean }): () => void
  /** Navigates to another page, without overlays: in a new entry, or in that of an overlay that was open. */
  navigate(go: (isNew: boolean) => void): void
}

/**
 * Called when the history has arrived at an entry. `isSamePage`: it came there by closing or leaving overlays, so the page
 * below them has not been left.
 */
type OnArrive = (isSamePage: boolean) => void

/**
 * Each open overlay (dialog, sheet) has a history entry, numbered from 1, so that Back closes it and does not leave the
 * page. Closing an overlay removes its entry from Back's way; when Forward reaches a stale one, it is left at once.
 */
export function createOverlays(window: Window, onArrive: OnArrive): Overlays {
  const { history } = window
  const closes: (() => void)[] = []
  /** The history is going back to the entry of the last open overlay; `popstate` tells when it has arrived. */
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
    const closing = isReturning ? [] : closes.splice(level()).toReversed()
    const isSamePage = isReturning || closing.length > 0 || level() > closes.length
    isReturning = false
    for (const close of closing) close()
    onArrive(isSamePage)
    settle()
  })
  // The page was reloaded while an overlay was open.
  settle()
  return {
    open(close, { behind } = { behind: false }) {
      if (behind) closes.unshift(close)
      else closes.push(close)
      settle()
      return () => {
        const at = closes.indexOf(close)
        if (at < 0) return
        closes.splice(at, 1)
        // Later: an overlay that opens in its place takes over its entry.
        queueMicrotask(settle)
      }
    },
    navigate(go) {
      const leaving = () => go(level() === 0)
      if (isReturning) next = leaving
      else leave(leaving)
    },
  }
}
