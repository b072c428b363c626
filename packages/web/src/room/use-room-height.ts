import { useEffect } from 'preact/hooks'

/**
 * Makes the room as high as the visible part of the window. Safari lays the keyboard over the page and moves the page
 * up; other browsers shrink the window.
 */
export function useRoomHeight(): void {
  useEffect(() => {
    const { visualViewport, document } = window
    if (!visualViewport) return
    const { style } = document.documentElement
    const follow = () => {
      // Under pinch zoom the visible part is not the height of the page.
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
