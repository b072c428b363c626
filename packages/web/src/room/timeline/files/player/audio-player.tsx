import './audio-player.css'
import type { StoredFile } from '@parlor/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../../../../app-context.ts'
import type { Carrier } from '../../../viewer/slides.ts'
import { PlayIcon } from './play-icon.tsx'
import { barsOf, clockTime, rateAfter, stepOf } from './sound-times.ts'
import type { Sounding } from './sound.ts'
import { useSound } from './use-sound.ts'

/** Bars of a waveform. */
const bars = 48

type Props = {
  file: StoredFile
  message: Carrier
  onFailed: (why: NonNullable<Sounding['failed']>) => void
}

/** A recording: play and pause, its waveform to seek in, the time, and how fast it plays (rules PL). */
export function AudioPlayer({ file, message, onFailed }: Props) {
  const t = useAllTexts()
  const place = useRef<HTMLDivElement>(null)
  const { sound, now } = useSound(place, file.id)
  /** Where it begins, if it was sought before it was played. */
  const [start, setStart] = useState(0)
  const duration = now?.duration ?? file.duration ?? 0
  const time = now?.time ?? start
  const playing = now?.playing === true
  const failed = now?.failed ?? null
  useEffect(() => {
    if (failed !== null) onFailed(failed)
  }, [failed])
  const seek = (to: number) => {
    const within = Math.max(0, Math.min(duration, to))
    if (now) sound?.seek(within)
    else setStart(within)
  }
  const toggle = () => {
    if (playing) sound?.pause()
    else sound?.play(file, message, now ? undefined : start)
  }
  const played = duration > 0 ? Math.min(1, time / duration) : 0
  const name = file.alt ?? file.name
  return (
    <div ref={place} class="audio-player" role="group" aria-label={name} style={{ '--played': played }}>
      <button
        type="button"
        class="audio-play"
        aria-label={t(playing ? 'player.pause' : 'player.play')}
        title={t(playing ? 'player.pause' : 'player.play')}
        onClick={toggle}
      >
        <PlayIcon playing={playing} />
      </button>
      <div class="audio-track">
        {file.waveform ? <Waveform peaks={file.waveform} /> : <div class="audio-line" />}
        <input
          type="range"
          min={0}
          max={duration}
          step={0.1}
          value={time}
          disabled={duration === 0}
          aria-label={t('player.position')}
          aria-valuetext={t('player.time', { time: clockTime(time), duration: clockTime(duration) })}
          onInput={({ currentTarget }) => seek(currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
            if (sign === undefined) return
            event.preventDefault()
            // In the list of messages they move between messages.
            event.stopPropagation()
            seek(time + sign * stepOf(duration))
          }}
        />
      </div>
      <span class="audio-time numbers">{clockTime(now || start > 0 ? time : duration)}</span>
      <button
        type="button"
        class="audio-rate numbers"
        aria-label={t('player.rate', { rate: now?.rate ?? 1 })}
        title={t('player.rate_title')}
        disabled={!now}
        onClick={() => sound?.setRate(rateAfter(now?.rate ?? 1))}
      >
        {now?.rate ?? 1}×
      </button>
    </div>
  )
}

/** In two layers: all of it, and over it what was played. */
function Waveform({ peaks }: { peaks: readonly number[] }) {
  const path = useMemo(
    () =>
      barsOf(peaks, bars)
        .map((height, at) => `M${at + 0.5} ${(1 - height) / 2}v${height}`)
        .join(''),
    [peaks],
  )
  const drawn = (
    <svg viewBox={`0 0 ${bars} 1`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  )
  return (
    <>
      <div class="audio-wave">{drawn}</div>
      <div class="audio-wave" data-played>
        {drawn}
      </div>
    </>
  )
}
