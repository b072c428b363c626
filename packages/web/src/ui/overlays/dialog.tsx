import './dialog.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { IconButton } from '../controls/button.tsx'
import { useMedia } from '../use-media.ts'

type Panel = { title: string; onClose: () => void; children: ComponentChildren; foot?: ComponentChildren }

/**
 * A modal dialog, open for as long as it is rendered. Escape, Back, the close button and a press beside it close it;
 * the focus returns to where it was.
 */
export function Dialog({ title, onClose, children, foot, sheet = false }: Panel & { sheet?: boolean }) {
  const { router } = useApp()
  const dialog = useRef<HTMLDialogElement>(null)
  const close = useRef(onClose)
  close.current = onClose
  const id = useId()
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    const closed = router.openOverlay(() => close.current())
    return () => {
      closed()
      // Closing restores the focus; removing an open dialog does not.
      element?.close()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      data-sheet={sheet || undefined}
      aria-labelledby={id}
      // Escape closes this dialog only, not a panel around it.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && isBeside(event, event.currentTarget)) onClose()
      }}
    >
      <PanelHead id={id} title={title} onClose={onClose} />
      <div class="dialog-body">{children}</div>
      {foot !== undefined && <div class="dialog-foot">{foot}</div>}
    </dialog>
  )
}

/** A focused column beside the main content on wide windows; a sheet over it on narrow ones. */
export function SidePanel({ title, onClose, children }: Omit<Panel, 'foot'>) {
  const id = useId()
  const column = useRef<HTMLElement>(null)
  const fits = useMedia('(min-width: 60rem)')
  useEffect(() => {
    // Not while the user is typing: the panel may have taken a while to load.
    if (!document.activeElement?.matches('input, textarea')) column.current?.focus()
  }, [])
  if (!fits)
    return (
      <Dialog sheet title={title} onClose={onClose}>
        {children}
      </Dialog>
    )
  return (
    <aside
      ref={column}
      class="side-panel"
      tabIndex={-1}
      aria-labelledby={id}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <PanelHead id={id} title={title} onClose={onClose} />
      <div class="dialog-body">{children}</div>
    </aside>
  )
}

function PanelHead({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const t = useTexts()
  return (
    <div class="dialog-head">
      <h2 id={id}>{title}</h2>
      <IconButton label={t('ui.close')} icon="close" onClick={onClose} />
    </div>
  )
}

function isBeside(event: PointerEvent, panel: HTMLElement): boolean {
  const { left, right, top, bottom } = panel.getBoundingClientRect()
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom
}
