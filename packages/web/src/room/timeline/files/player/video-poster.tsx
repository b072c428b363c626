import './video-poster.css'
import type { StoredFile } from '@parlor/client'
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../../../../app-context.ts'
import { fileUrl } from '../file-url.ts'
import { PlayIcon } from './play-icon.tsx'
import { clockTime } from './sound-times.ts'

type Props = { file: StoredFile; onOpen: () => void; onError: () => void }

/** The first picture of a video, and how long it is; it plays in the viewer. Nothing of it is loaded before it is near. */
export function VideoPoster({ file, onOpen, onError }: Props) {
  const t = useAllTexts()
  const place = useRef<HTMLButtonElement>(null)
  const isNear = useNear(place)
  const label = t('player.play_video', { name: file.alt ?? file.name })
  const time = file.duration === null ? null : clockTime(file.duration)
  return (
    <button
      ref={place}
      type="button"
      class="video-poster"
      // Whoever speaks to their device says what they see.
      aria-label={time === null ? label : `${label}, ${time}`}
      onClick={onOpen}
    >
      {isNear && (
        <video
          // Some browsers draw nothing at the very beginning.
          src={`${fileUrl(file.url)}#t=0.001`}
          preload="metadata"
          muted
          playsInline
          aria-hidden="true"
          tabIndex={-1}
          onError={onError}
        />
      )}
      <span class="video-play">
        <PlayIcon playing={false} />
      </span>
      {time !== null && <span class="video-time numbers">{time}</span>}
    </button>
  )
}

/** Whether the element is in view or nearly, or has been. */
function useNear(place: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    if (isNear || !place.current) return
    const seen = new IntersectionObserver((all) => all.some(({ isIntersecting }) => isIntersecting) && setNear(true), {
      rootMargin: '400px',
    })
    seen.observe(place.current)
    return () => seen.disconnect()
  }, [isNear])
  return isNear
}
