import './voice-note.css'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useAllTexts, useDates } from '../../app-context.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useStore } from '../../use-store.ts'
import { longest, type Obstacle, obstacleOf, type Recorder, startRecorder } from './recorder.ts'

const icons = {
  pause: 'M9 6v12M15 6v12',
  resume: 'M8 5.5l10 6.5-10 6.5z',
  discard: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 12.5h8L17 7M10.5 10.5v6M13.5 10.5v6',
} as const

type Props = {
  onClose: () => void
  onRecorded: (file: File, given: { waveform?: readonly number[] }) => void
  /** Whether the user may post here now. */
  mayPost: boolean
}

/** Records a voice note, from the question for the microphone on (rules VN1 to VN4). */
export function VoiceNote({ onClose, onRecorded, mayPost }: Props) {
  const t = useAllTexts()
  const [recorder, setRecorder] = useState<Recorder | null>(null)
  const [obstacle, setObstacle] = useState<Obstacle | null>(null)
  useEffect(() => {
    let left = false
    let begun: Recorder | null = null
    const start = async () => {
      begun = await startRecorder()
      if (left) begun.cancel()
      else setRecorder(begun)
    }
    start().catch((thrown: unknown) => left || setObstacle(obstacleOf(thrown)))
    return () => {
      left = true
      begun?.cancel()
      document.getElementById('composer')?.focus({ preventScroll: true })
    }
  }, [])
  if (recorder) return <Running recorder={recorder} onClose={onClose} onRecorded={onRecorded} mayPost={mayPost} />
  return (
    <div class="voice-note" data-obstacle role={obstacle ? 'alert' : 'status'}>
      {obstacle ? (
        <p>{t(`voice.${obstacle}`)}</p>
      ) : (
        <p>
          <Spinner /> {t('voice.asks')}
        </p>
      )}
      <IconButton label={t('ui.close')} icon="close" onClick={onClose} />
    </div>
  )
}

function Running({ recorder, onClose, onRecorded, mayPost }: Props & { recorder: Recorder }) {
  const t = useAllTexts()
  const dates = useDates()
  const { phase, ms, levels } = useStore(recorder.recording)
  const [sending, setSending] = useState(false)
  const first = useRef<HTMLDivElement>(null)
  useEffect(() => first.current?.querySelector<HTMLElement>('[data-send]')?.focus(), [])
  const send = async () => {
    setSending(true)
    const { bytes, waveform } = await recorder.finish()
    const time = dates.time(new Date().toISOString()).replaceAll(':', '.')
    const name = `${t('voice.name', { time })}.${bytes.type.includes('mp4') ? 'm4a' : 'webm'}`
    onRecorded(new File([bytes], name, { type: bytes.type }), waveform ? { waveform } : {})
    onClose()
  }
  const isPaused = phase === 'paused'
  return (
    <>
      <div ref={first} class="voice-note" data-phase={phase} role="group" aria-label={t('voice.title')}>
        <IconButton label={t('voice.discard')} icon={icons.discard} onClick={onClose} />
        <span class="voice-time numbers" role="timer">
          {clock(ms)}
        </span>
        <Wave levels={levels} />
        <IconButton
          label={t(isPaused ? 'voice.resume' : 'voice.pause')}
          icon={isPaused ? icons.resume : icons.pause}
          disabled={phase === 'full'}
          onClick={() => (isPaused ? recorder.resume() : recorder.pause())}
        />
        <IconButton
          label={t('voice.send')}
          icon="send"
          disabled={sending || !mayPost}
          onClick={() => void send()}
          data-send
        />
      </div>
      <p class={phase === 'full' ? 'voice-full' : 'visually-hidden'} role="status">
        {phase === 'full' ? t('voice.full', { minutes: longest / 60_000 }) : t(`voice.${phase}`)}
      </p>
    </>
  )
}

const bars = 60

/** The last three seconds, the newest at the end. */
function Wave({ levels }: { levels: readonly number[] }) {
  const shown = levels.slice(-bars)
  const path = shown.map((level, n) => {
    const half = Math.max(0.5, Math.sqrt(level) * 15)
    return `M${(bars - shown.length + n) * 4 + 2} ${16 - half}v${half * 2}`
  })
  return (
    <svg class="voice-wave" viewBox={`0 0 ${bars * 4} 32`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path.join('')} />
    </svg>
  )
}

const clock = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`
