import './side-panel.css'
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { useMedia } from '../use-media.ts'
import { PanelHead } from './dialog.tsx'

/**
 * A focused column beside the main content on wide windows, a sheet over it on narrow ones. The same elements in both, and
 * never in the browser's top layer: dialogs stay in front of it whenever the width changes (rule W6).
 */
export function SidePanel({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ComponentChildren
}) {
  const id = useId()
  const layer = useRef<HTMLDivElement>(null)
  const panel = useRef<HTMLElement>(null)
  const fits = useMedia('(min-width: 60rem)')
  useCover(layer, !fits, onClose)
  useEffect(() => {
    const focused = document.activeElement
    // Not while the user is typing beside it: the panel may have taken a while to load.
    const isTyping = fits && focused?.matches('input, textarea')
    if (!isTyping && !document.querySelector('dialog:modal') && !panel.current?.contains(focused))
      panel.current?.focus()
  }, [fits])
  return (
    <div
      ref={layer}
      class="panel-layer"
      data-sheet={!fits || undefined}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <section
        ref={panel}
        class="side-panel"
        role={fits ? 'complementary' : 'dialog'}
        aria-modal={fits ? undefined : true}
        tabIndex={-1}
        aria-labelledby={id}
        onKeyDown={(event) => event.key === 'Escape' && onClose()}
      >
        <PanelHead id={id} title={title} onClose={onClose} />
        <div class="dialog-body">{children}</div>
      </section>
    </div>
  )
}

/** While it covers the page, nothing behind it can be used, and Back closes it, though not before a dialog. */
function useCover(layer: RefObject<HTMLElement | null>, covers: boolean, onClose: () => void): void {
  const { router } = useApp()
  const close = useRef(onClose)
  close.current = onClose
  useLayoutEffect(() => {
    if (!covers || !layer.current) return
    const behind = elementsBehind(layer.current)
    for (const element of behind) element.inert = true
    const closed = router.openOverlay(() => close.current(), { behind: true })
    // What had the focus may be gone from the panel, and nothing behind it can have it.
    const onKey = ({ key, target }: KeyboardEvent) => {
      if (key === 'Escape' && target === document.body && !document.querySelector('dialog:modal')) close.current()
    }
    document.addEventListener('keydown', onKey)
    return () => {
      closed()
      document.removeEventListener('keydown', onKey)
      for (const element of behind) element.inert = false
    }
  }, [covers])
}

/** All of the page but the element, what contains it, and what is in front of it: dialogs and toasts. */
function elementsBehind(element: HTMLElement): HTMLElement[] {
  const behind: HTMLElement[] = []
  for (let at = element; at !== document.body && at.parentElement; at = at.parentElement)
    for (const other of at.parentElement.children)
      if (other !== at && other instanceof HTMLElement && !other.matches('dialog, [popover]')) behind.push(other)
  return behind
}
