import './toasts.css'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { Icon } from '../icon.tsx'

/**
 * Short words about what has happened, in front of everything, dialogs included. The region is always there, for a screen
 * reader tells what comes into it, not what comes with it.
 */
export function ToastRegion() {
  const { toasts } = useApp()
  const t = useTexts()
  const region = useRef<HTMLDivElement>(null)
  const list = toasts.list.value
  useLayoutEffect(() => raise(region.current), [list])
  return (
    <div ref={region} class="toasts" popover="manual" role="status" aria-label={t('ui.notices')}>
      {list.map(({ id, text, failed, action }) => (
        <div key={id} class="toast" role={failed ? 'alert' : undefined}>
          {failed && <Icon name="alert" />}
          <span class="toast-text">{text}</span>
          {action && (
            <Button
              onClick={() => {
                toasts.close(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton label={t('ui.close')} icon="close" onClick={() => toasts.close(id)} />
        </div>
      ))}
    </div>
  )
}

/** What opened last is in front: over a dialog that came after it the region is opened anew. */
function raise(region: HTMLElement | null): void {
  if (!region) return
  const isOpen = region.matches(':popover-open')
  if (isOpen && !document.querySelector('dialog:modal')) return
  if (isOpen) region.hidePopover()
  region.showPopover()
}
