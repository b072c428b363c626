import { type ComponentChild, type RefObject, render } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { AppContext, useApp } from '../../app-context.ts'

/**
 * Renders something into an element as a tree of its own, each time that its owner is rendered.
 *
 * Preact keeps what a component rendered first until its parent is rendered anew, and what hangs on that leads from row to
 * row to all that ever stood in a list: a room that is open for a day would hold all of that day's messages. A tree of its
 * own has no owner that keeps it.
 */
export function useOwnRoot(element: RefObject<HTMLElement | null>, child: ComponentChild): void {
  const app = useApp()
  useLayoutEffect(() => {
    if (element.current) render(<AppContext.Provider value={app}>{child}</AppContext.Provider>, element.current)
  })
  useLayoutEffect(() => {
    const root = element.current
    return () => {
      if (root) render(null, root)
    }
  }, [])
}
