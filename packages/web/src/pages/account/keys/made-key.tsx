import { useRef } from 'preact/hooks'
import { useAllTexts, useApp } from '../../../app-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { copyFrom, copyIcon } from '../../../ui/controls/copy-from.ts'

/** A new key, which is shown this once. */
export function MadeKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { toasts } = useApp()
  const t = useAllTexts()
  const field = useRef<HTMLInputElement>(null)
  const copy = async () => {
    toasts.show({ text: t((await copyFrom(field.current)) ? 'keys.copied' : 'keys.copy_by_hand') })
  }
  return (
    <div class="stack">
      <p>{t('keys.made')}</p>
      <input
        ref={field}
        class="input key-secret"
        readOnly
        value={secret}
        aria-label={t('keys.key')}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="row end">
        <Button onClick={onClose}>{t('keys.done')}</Button>
        <Button look="primary" icon={copyIcon} onClick={() => void copy()}>
          {t('keys.copy')}
        </Button>
      </div>
    </div>
  )
}
