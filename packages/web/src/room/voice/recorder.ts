import type { Store } from '@parlor/client'
import { createStore } from '@parlor/client/store'
import { levelOf, peaksOf } from './peaks.ts'

export type Recording = {
  /** `full`: it has the greatest length, and waits to be sent (rule VN2). */
  readonly phase: 'recording' | 'paused' | 'full'
  readonly ms: number
  /** From 0 to 1, twenty a second. */
  readonly levels: readonly number[]
}

export type Recorder = {
  readonly recording: Store<Recording>
  pause(): void
  resume(): void
  /** Ends the recording, and resolves with it. */
  finish(): Promise<{ bytes: Blob; waveform: number[] | null }>
  /** Ends it and forgets it. */
  cancel(): void
}

/** In ms. */
export const longest = 15 * 60_000
const tick = 50
const slice = 1000
/** Enough for speech. */
const bitsPerSecond = 32_000
/** The first is played by every browser of rule W4; Safari before 18.4 records the second. */
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus']

/** Why nothing can be recorded. */
export type Obstacle = 'denied' | 'missing' | 'busy' | 'unsupported'

export function obstacleOf(thrown: unknown): Obstacle {
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError') return 'missing'
  return name === 'NotReadableError' ? 'busy' : 'unsupported'
}

/** Asks for the microphone and begins. Rejects as `obstacleOf` explains. */
export async function startRecorder(): Promise<Recorder> {
  const type = types.find((one) => MediaRecorder.isTypeSupported(one))
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  try {
    return record(
      stream,
      new MediaRecorder(stream, { audioBitsPerSecond: bitsPerSecond, ...(type ? { mimeType: type } : {}) }),
    )
  } catch (thrown) {
    for (const track of stream.getTracks()) track.stop()
    throw thrown
  }
}

function record(stream: MediaStream, media: MediaRecorder): Recorder {
  const recording = createStore<Recording>({ phase: 'recording', ms: 0, levels: [] })
  const chunks: Blob[] = []
  const meter = createMeter(stream)
  let last = performance.now()
  let isOver = false

  const timer = setInterval(() => {
    const now = performance.now()
    const { phase, ms, levels } = recording.get()
    if (phase === 'recording') {
      const passed = ms + now - last
      recording.set({ phase, ms: Math.min(passed, longest), levels: [...levels, meter.level()] })
      if (passed >= longest) halt('full')
    }
    last = now
  }, tick)

  function halt(phase: 'paused' | 'full'): void {
    if (media.state === 'recording') media.pause()
    recording.set({ ...recording.get(), phase })
  }

  /** Rule VN4. */
  function end(): void {
    if (isOver) return
    isOver = true
    clearInterval(timer)
    meter.close()
    for (const track of stream.getTracks()) track.stop()
  }

  media.addEventListener('dataavailable', ({ data }) => chunks.push(data))
  // The microphone was unplugged, or its permission taken back.
  stream.getAudioTracks()[0]?.addEventListener('ended', () => halt('full'))
  media.start(slice)

  return {
    recording,
    pause: () => halt('paused'),
    resume() {
      media.resume()
      recording.set({ ...recording.get(), phase: 'recording' })
    },
    async finish() {
      const { levels } = recording.get()
      if (media.state !== 'inactive') {
        const stopped = new Promise((resolve) => media.addEventListener('stop', resolve, { once: true }))
        media.stop()
        await stopped
      }
      end()
      return { bytes: new Blob(chunks, { type: media.mimeType }), waveform: peaksOf(levels) }
    },
    cancel() {
      if (media.state !== 'inactive') media.stop()
      end()
    },
  }
}

/** How loud a stream is now. */
function createMeter(stream: MediaStream): { level(): number; close(): void } {
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: 4096 })
  context.createMediaStreamSource(stream).connect(analyser)
  void context.resume()
  const samples = new Float32Array(analyser.fftSize)
  return {
    level() {
      analyser.getFloatTimeDomainData(samples)
      return levelOf(samples)
    },
    close: () => void context.close(),
  }
}
