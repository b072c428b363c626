import type { StoredFile } from '@parlor/client'
import { createStore, type Store } from '@parlor/client/store'
import type { Carrier } from '../../../viewer/slides.ts'
import { fileUrl } from '../file-url.ts'
import { isThere } from '../is-there.ts'
import type { Reread } from '../reread.ts'
import { pauseOthers } from './pause-others.ts'

/** What is played, or was last. Times in seconds; `duration` is null until it is known. */
export type Sounding = {
  file_id: string
  playing: boolean
  time: number
  duration: number | null
  rate: number
  /** Why it cannot be played. */
  failed: 'gone' | 'unplayable' | 'unknown' | null
}

/** The player of all sounds of a room (rule PL2). */
export type Sound = {
  now: Store<Sounding | null>
  /** Plays it from where it was, or from `from` on. */
  play(file: StoredFile, message: Carrier, from?: number): void
  pause(): void
  seek(seconds: number): void
  setRate(rate: number): void
}

/** One for each room that is shown: it goes with the element of the room. */
const sounds = new WeakMap<Element, Sound>()

/** The player of the room in which this element stands. */
export function soundAround(element: Element, reread: Reread): Sound {
  const room = element.closest('.room') ?? document.body
  const known = sounds.get(room)
  if (known) return known
  // In the document, so that the browser stops it when the room is left.
  const audio = document.createElement('audio')
  audio.preload = 'none'
  room.append(audio)
  const sound = createSound(audio, reread)
  sounds.set(room, sound)
  return sound
}

const changes = ['play', 'pause', 'ended', 'timeupdate', 'seeked', 'durationchange', 'ratechange'] as const

export function createSound(audio: HTMLAudioElement, reread: Reread): Sound {
  const now = createStore<Sounding | null>(null)
  let source: { file: StoredFile; message: Carrier } | null = null
  let failed: Sounding['failed'] = null

  function tell(): void {
    if (!source) return
    const { file } = source
    now.set({
      ...{ file_id: file.id, playing: !audio.paused && failed === null, time: audio.currentTime, failed },
      ...{ duration: Number.isFinite(audio.duration) ? audio.duration : file.duration, rate: audio.playbackRate },
    })
  }

  function start(from: number): void {
    // Refused without a press of the user, or when another sound begins meanwhile: the events tell what happened.
    audio.currentTime = from
    audio.play().catch(() => {})
  }

  /** Its bytes did not come, or are none that the browser can play (rule MF5). */
  async function recover(): Promise<void> {
    if (!source) return
    const { file, message } = source
    const isOther = () => source?.file !== file
    const time = audio.currentTime
    if (await isThere(file)) failed = 'unplayable'
    else {
      const again = await reread(file, message).catch(() => undefined)
      if (isOther()) return
      if (again && again.url !== file.url) {
        source = { file: again, message }
        audio.src = fileUrl(again.url)
        return start(time)
      }
      failed = again === undefined ? 'unknown' : 'gone'
    }
    if (!isOther()) tell()
  }

  for (const change of changes) audio.addEventListener(change, tell)
  audio.addEventListener('play', () => pauseOthers(audio))
  audio.addEventListener('error', () => void recover())
  return {
    now,
    play(file, message, from) {
      if (source?.file.id !== file.id || failed !== null) {
        source = { file, message }
        failed = null
        // Setting the source resets the rate.
        audio.defaultPlaybackRate = audio.playbackRate
        audio.src = fileUrl(file.url)
        start(from ?? 0)
      } else start(from ?? (audio.ended ? 0 : audio.currentTime))
      tell()
    },
    pause: () => audio.pause(),
    seek(seconds) {
      audio.currentTime = Math.max(0, Math.min(seconds, now.get()?.duration ?? seconds))
      tell()
    },
    setRate(rate) {
      audio.defaultPlaybackRate = rate
      audio.playbackRate = rate
    },
  }
}
