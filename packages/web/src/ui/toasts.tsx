import { useEffect, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { Button, IconButton } from './button.tsx'
import { Icon } from './icon.tsx'

/** Short words about what has happened, in front of everything, dialogs included. */
export function ToastRegion() {
  const { toasts } = useApp()
  const t = useTexts()
  const region = useRef<HTMLDivElement>(null)
  const list = toasts.list.value
  useEffect(() => raise(region.current, list.length > 0), [list])
  return (
    <>
      <div class="for-readers" role="status">
        {list.filter((toast) => !toast.failed).at(-1)?.text}
      </div>
      <div class="for-readers" role="alert">
        {list.filter((toast) => toast.failed).at(-1)?.text}
      </div>
      <div ref={region} class="toasts" popover="manual" role="region" aria-label={t('ui.notices')}>
        {list.map(({ id, text, failed, action }) => (
          <div key={id} class="toast">
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
    </>
  )
}

/** What opened last is in front: a region that is there already is opened anew, unless someone is in it. */
function raise(region: HTMLElement | null, shown: boolean): void {
  if (!region || (shown && region.contains(document.activeElement))) return
  region.hidePopover()
  if (shown) region.showPopover()
}
