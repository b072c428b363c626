import './share.css'
import { useRef } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { copyFrom, copyIcon } from '../../ui/controls/copy-from.ts'

const shareIcon = 'M12 15V4M8 7.5L12 3.5l4 4M6 12v7a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-7'

// The link can be copied and shared without the code.
const loadQr = () => import('./qr.tsx').catch(() => null)

/** A link to copy, to share, or to scan. */
export function Share({ url, room }: { url: string; room: string }) {
  const { toasts } = useApp()
  const t = useAllTexts()
  const field = useRef<HTMLInputElement>(null)
  const copy = async () => {
    toasts.show({ text: t((await copyFrom(field.current)) ? 'invite.copied' : 'invite.copy_by_hand') })
  }
  return (
    <div class="share">
      <div class="qr-frame">
        <Loaded load={loadQr} inline>
          {(qr) => qr && <qr.QrCode text={url} label={t('invite.qr')} />}
        </Loaded>
      </div>
      <input
        ref={field}
        class="input"
        readOnly
        value={url}
        aria-label={t('invite.link')}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="share-actions">
        <Button look="primary" icon={copyIcon} wide onClick={() => void copy()}>
          {t('invite.copy')}
        </Button>
        {typeof navigator.share === 'function' && (
          // Closing the system's share dialog rejects; it is not an error.
          <Button icon={shareIcon} wide onClick={() => void navigator.share({ title: room, url }).catch(() => {})}>
            {t('invite.share')}
          </Button>
        )}
      </div>
    </div>
  )
}
