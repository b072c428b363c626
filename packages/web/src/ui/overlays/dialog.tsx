import './dialog.css'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { IconButton } from '../controls/button.tsx'
import { useModal } from './use-modal.ts'

type Props = { title: string; onClose: () => void; children: ComponentChildren; foot?: ComponentChildren }

/**
 * A modal dialog, open for as long as it is rendered. Escape, Back, the close button and a press beside it close it;
 * the focus returns to where it was.
 */
export function Dialog({ title, onClose, children, foot }: Props) {
  const dialog = useModal(onClose)
  const id = useId()
  return (
    <dialog
      ref={dialog}
      class="dialog"
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

/** The title of a dialog or panel, with its close button. */
export function PanelHead({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
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
