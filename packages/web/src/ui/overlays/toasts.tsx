import './toasts.css'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { useStore } from '../../use-store.ts'
import { Icon } from '../icon.tsx'

/**
 * Toasts, in front of everything including dialogs. The live region always exists: screen readers announce what is
 * added to a region, not what appears together with it.
 */
export function ToastRegion() {
  const { toasts } = useApp()
  const t = useTexts()
  const region = useRef<HTMLDivElement>(null)
  const list = useStore(toasts.list)
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

/** Popovers and dialogs are stacked in the order of opening: over a newer dialog the region is opened again. */
function raise(region: HTMLElement | null): void {
  if (!region) return
  const isOpen = region.matches(':popover-open')
  if (isOpen && !document.querySelector('dialog:modal')) return
  if (isOpen) region.hidePopover()
  region.showPopover()
}
