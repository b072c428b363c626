import { useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { fileUrl } from '../timeline/files/file-url.ts'
import { Gone } from '../timeline/files/gone.tsx'
import { isThere } from '../timeline/files/is-there.ts'
import { pauseOthers } from '../timeline/files/player/pause-others.ts'
import { useFreshFile } from '../timeline/files/use-fresh-file.ts'
import type { Outcome } from './gesture.ts'
import { sizeOf } from './picture-slide.tsx'
import type { Slide } from './slides.ts'
import { Stage, type ZoomKeys } from './stage.tsx'
import { fitted } from './zoom.ts'

type Props = {
  slide: Slide
  /** Whether it begins by itself: the one that the user has pressed. */
  plays: boolean
  zoom: ZoomKeys
  onOutcome: (outcome: Outcome) => void
}

/** A video fills the place that it has, however small it is: its controls need the room. */
const filling = { width: 8192, height: 8192 }

/** A video in the browser's own player. */
export function VideoSlide({ slide, plays, zoom, onOutcome }: Props) {
  const t = useAllTexts()
  const fresh = useFreshFile(slide.file, slide.message)
  const { file, failed, renew } = fresh
  const [unplayable, setUnplayable] = useState(false)
  /** Where it was when its link stopped working; another link begins there. */
  const resumes = useRef<number | null>(null)
  const natural = sizeOf(file)
  const large = filling.width / Math.max(natural.width, natural.height)
  const picture = fitted({ width: natural.width * large, height: natural.height * large }, filling)
  return (
    <Stage picture={picture} zoom={zoom} enlarges={false} onOutcome={onOutcome}>
      {({ width, height }) => {
        if (failed) return <Gone of={fresh} />
        if (unplayable) return <p class="viewer-said">{t('file.unplayable')}</p>
        return (
          <video
            class="viewer-video"
            src={fileUrl(file.url)}
            style={{ width: `${width}px`, height: `${height}px` }}
            aria-label={file.alt ?? file.name}
            controls
            playsInline
            preload="metadata"
            autoplay={plays}
            onPlay={({ currentTarget }) => pauseOthers(currentTarget)}
            onLoadedMetadata={({ currentTarget }) => {
              if (resumes.current === null) return
              currentTarget.currentTime = resumes.current
              // Refused where a press of the user is needed again: its controls are there.
              currentTarget.play().catch(() => {})
              resumes.current = null
            }}
            onError={({ currentTarget }) => {
              if (currentTarget.currentTime > 0) resumes.current = currentTarget.currentTime
              void isThere(file).then((there) => (there ? setUnplayable(true) : renew()))
            }}
          />
        )
      }}
    </Stage>
  )
}
