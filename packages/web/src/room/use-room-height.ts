import { useEffect } from 'preact/hooks'

/**
 * Makes the room as high as what is seen of the window. Safari lays the keyboard over the page and moves the page up;
 * other browsers make the window smaller by themselves.
 */
export function useRoomHeight(): void {
  useEffect(() => {
    const { visualViewport, document } = window
    if (!visualViewport) return
    const { style } = document.documentElement
    const follow = () => {
      // Whoever has magnified the page sees a part of it: that part is not its height.
      if (visualViewport.scale > 1.01) return
      style.setProperty('--room-height', `${visualViewport.height}px`)
      window.scrollTo(0, 0)
    }
    follow()
    visualViewport.addEventListener('resize', follow)
    return () => {
      visualViewport.removeEventListener('resize', follow)
      style.removeProperty('--room-height')
    }
  }, [])
}
