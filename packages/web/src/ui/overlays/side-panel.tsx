import './side-panel.css'
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { IconButton } from '../controls/button.tsx'

type Props = {
  /** Its name for screen readers. */
  title: string
  /** Stands beside the main content, instead of lying over it. */
  isDocked: boolean
  /** Whether it takes the focus when it opens. */
  takesFocus: boolean
  /** Its upper row, beside the button that closes it. */
  head: ComponentChildren
  onClose: () => void
  children: ComponentChildren
}

/**
 * A column beside the main content, or a sheet over it. The same elements in both, and never in the browser's top layer:
 * dialogs stay in front of it whenever the width changes (rule W6).
 */
export function SidePanel({ title, isDocked, takesFocus, head, onClose, children }: Props) {
  const t = useTexts()
  const layer = useRef<HTMLDivElement>(null)
  const panel = useRef<HTMLElement>(null)
  useCover(layer, !isDocked, onClose)
  useEffect(() => {
    const focused = document.activeElement
    // Not while the user is typing beside it: the panel may have taken a while to load.
    const isTyping = isDocked && focused?.matches('input, textarea')
    const isLeft = isTyping || document.querySelector('dialog:modal') || panel.current?.contains(focused)
    if (takesFocus && !isLeft) panel.current?.focus()
  }, [isDocked])
  return (
    <div
      ref={layer}
      class="panel-layer"
      data-sheet={!isDocked || undefined}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <section
        ref={panel}
        class="side-panel"
        role={isDocked ? 'complementary' : 'dialog'}
        aria-modal={isDocked ? undefined : true}
        tabIndex={-1}
        aria-label={title}
        onKeyDown={(event) => event.key === 'Escape' && onClose()}
      >
        <div class="side-panel-head">
          {head}
          <IconButton label={t('ui.close')} icon="close" onClick={onClose} />
        </div>
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
