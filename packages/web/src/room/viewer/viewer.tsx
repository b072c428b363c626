import './viewer.css'
import type { Store } from '@parlor/client'
import { useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { useModal } from '../../ui/overlays/use-modal.ts'
import { useStoreByFrame } from '../../use-store.ts'
import { Head, Step, ZoomButton } from './frame.tsx'
import type { Outcome } from './gesture.ts'
import { PictureSlide } from './picture-slide.tsx'
import { placeOf, type Slide } from './slides.ts'
import { VideoSlide } from './video-slide.tsx'

type Props = {
  slides: Store<readonly Slide[]>
  /** The id of the file that is shown first. */
  first: string
  onClose: () => void
}

/** Pictures and videos one at a time, over the whole page (rules VW). */
export function Viewer({ slides: store, first, onClose }: Props) {
  const slides = useStoreByFrame(store)
  const [shown, setShown] = useState({ id: first, at: 0 })
  const at = placeOf(slides, shown.id, shown.at)
  const slide = slides[at]
  // It stays while the others change around it.
  if (slide && (slide.file.id !== shown.id || at !== shown.at)) setShown({ id: slide.file.id, at })
  const isClosing = useRef(false)
  const close = () => {
    if (!isClosing.current) onClose()
    isClosing.current = true
  }
  const dialog = useModal(close)
  const t = useAllTexts()
  const zoom = useRef<(key: string) => boolean>(() => false)
  const show = (outcome: Outcome) => {
    if (outcome === 'close') close()
    const next = slides[at + (outcome === 'next' ? 1 : outcome === 'previous' ? -1 : 0)]
    if (next) setShown({ id: next.file.id, at: slides.indexOf(next) })
  }
  return (
    <dialog
      ref={dialog}
      class="viewer"
      tabIndex={-1}
      aria-label={t('viewer.title')}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onKeyDown={(event) => {
        // Closes the viewer only, not a panel behind it.
        if (event.key === 'Escape') event.stopPropagation()
        // A video seeks by the same keys.
        if (event.target instanceof HTMLVideoElement) return
        if (!zoom.current(event.key)) {
          if (event.key === 'ArrowRight') show('next')
          else if (event.key === 'ArrowLeft') show('previous')
          else return
        }
        event.preventDefault()
      }}
    >
      {slide ? (
        <>
          <Head slide={slide} place={slides.length > 1 ? { at, of: slides.length } : null} onClose={close}>
            {slide.file.kind === 'image' && (
              <>
                <ZoomButton label={t('viewer.zoom_out')} sign="−" onClick={() => zoom.current('-')} />
                <ZoomButton label={t('viewer.zoom_in')} sign="+" onClick={() => zoom.current('+')} />
              </>
            )}
          </Head>
          {slide.file.kind === 'image' ? (
            <PictureSlide key={slide.file.id} slide={slide} zoom={zoom} onOutcome={show} />
          ) : (
            <VideoSlide
              key={slide.file.id}
              slide={slide}
              plays={slide.file.id === first}
              zoom={zoom}
              onOutcome={show}
            />
          )}
          {slides.length > 1 && (
            <>
              <Step side="previous" isEnd={at === 0} onClick={() => show('previous')} />
              <Step side="next" isEnd={at === slides.length - 1} onClick={() => show('next')} />
            </>
          )}
          {slide.file.alt !== null && (
            <p class="viewer-caption" dir="auto">
              {slide.file.alt}
            </p>
          )}
        </>
      ) : (
        <div class="viewer-head">
          <p class="viewer-said">{t('file.gone')}</p>
          <IconButton label={t('ui.close')} icon="close" onClick={close} />
        </div>
      )}
    </dialog>
  )
}
