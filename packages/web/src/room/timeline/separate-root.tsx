import { type ComponentChild, type RefObject, render } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { AppContext, useApp } from '../../app-context.ts'

/**
 * Renders a child into an element as a separate tree, each time the calling component renders.
 *
 * Preact keeps what a component rendered first until its parent renders again, and that refers from row to row to everything
 * that was ever in a list: a room open for a day would hold all messages of that day. A separate tree has no such parent.
 */
export function useSeparateRoot(element: RefObject<HTMLElement | null>, child: ComponentChild): void {
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
