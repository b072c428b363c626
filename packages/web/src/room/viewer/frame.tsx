import type { ComponentChildren } from 'preact'
import { useAllTexts, useDates } from '../../app-context.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { fileUrl } from '../timeline/files/file-url.ts'
import type { Slide } from './slides.ts'
import { fileIcons } from '../timeline/files/icons.ts'

type HeadProps = {
  slide: Slide
  /** Its place among the others; null: it is alone. */
  place: { at: number; of: number } | null
  onClose: () => void
  children: ComponentChildren
}

/** Who sent what is shown, and what can be done with it. */
export function Head({ slide: { file, message }, place, onClose, children }: HeadProps) {
  const t = useAllTexts()
  const dates = useDates()
  return (
    <header class="viewer-head">
      <div class="viewer-by">
        <p class="one-line" dir="auto">
          {message.sender.name}
        </p>
        <p class="viewer-when numbers">
          <time dateTime={message.created_at}>{dates.full(message.created_at)}</time>
          {place && (
            <span class="viewer-place" role="status">
              {t('viewer.place', { number: place.at + 1, count: place.of })}
            </span>
          )}
        </p>
      </div>
      {children}
      <a
        class="icon-button"
        href={fileUrl(file.url)}
        download={file.name}
        aria-label={t('file.download')}
        title={t('file.download')}
      >
        <Icon name={fileIcons.download} />
      </a>
      <IconButton label={t('ui.close')} icon="close" autofocus onClick={onClose} />
    </header>
  )
}

type ZoomProps = { label: string; sign: string; onClick: () => void }

export function ZoomButton({ label, sign, onClick }: ZoomProps) {
  return (
    <button type="button" class="icon-button viewer-zoom" aria-label={label} title={label} onClick={onClick}>
      {sign}
    </button>
  )
}

type StepProps = { side: 'previous' | 'next'; isEnd: boolean; onClick: () => void }

/** At the end it keeps the focus, and does nothing. */
export function Step({ side, isEnd, onClick }: StepProps) {
  const t = useAllTexts()
  return (
    <div class="viewer-step" data-side={side}>
      <IconButton
        label={t(`viewer.${side}`)}
        icon={side === 'next' ? 'chevron-right' : 'chevron-left'}
        aria-disabled={isEnd || undefined}
        onClick={onClick}
      />
    </div>
  )
}
