import {
  ADTS,
  AudioSampleSink,
  CustomSource,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputAudioTrack,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny'
import type { Found, MediaBounds, MediaSource } from './media.ts'
import { opusWaveform } from './opus.ts'
import { createPeaks } from './peaks.ts'

/** Playlists are not among them: they would be fetched. */
const formats = [MP4, QTFF, WEBM, MATROSKA, MP3, WAVE, OGG, FLAC, ADTS]
/** Bytes of audio of which a waveform is made, at most. */
const waveformBytes = 64 * 1024 * 1024
/** Rule ME10: ms from the first look at a recording, of the 30 s after which it would be refused. */
const waveformMs = 10_000
/** Of a side of a video, more than any codec has. */
const mostPixels = 65_536

/** Duration, size and waveform of audio or video (rules ME4, ME5); null: it is neither. */
export async function measure(source: MediaSource, bounds: MediaBounds): Promise<Found | null> {
  const endsAt = performance.now() + waveformMs
  const reading = new CustomSource({
    getSize: () => source.size,
    read: (start, end) => source.read({ first: start, last: end - 1 }),
  })
  using input = new Input({ source: reading, formats })
  try {
    const format = await input.getFormat()
    const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()]
    if (!video && !audio) return null
    const declared = await input.getDurationFromMetadata()
    // Browsers record MP4 in fragments: what its header declares is the length of the first.
    const isWhole = declared !== null && format !== MP4 && format !== QTFF
    const duration = isWhole ? declared : Math.max(declared ?? 0, await input.computeDuration())
    if (duration > bounds.seconds) return { kind: 'refused', why: 'too_large' }
    if (!Number.isFinite(duration) || duration < 0) return null
    return {
      kind: video ? 'video' : 'audio',
      // The type of a container does not say what is in it (`application/ogg`).
      mime_type: format.mimeType.replace(/^\w+\//, video ? 'video/' : 'audio/'),
      width: video ? pixels(await video.getDisplayWidth()) : null,
      height: video ? pixels(await video.getDisplayHeight()) : null,
      duration: Math.round(duration * 1000) / 1000,
      waveform: !video && audio && source.size <= waveformBytes ? await waveformOf(audio, duration, endsAt) : null,
    }
  } catch {
    // Of no recording can more be said than that it cannot be read: it is kept as a file.
    return null
  }
}

/** What the header of a video declares may be any number; null: no picture has this size. */
const pixels = (declared: number): number | null =>
  Number.isInteger(declared) && declared > 0 && declared <= mostPixels ? declared : null

/** Null for a codec that only browsers decode. */
async function waveformOf(track: InputAudioTrack, seconds: number, endsAt: number): Promise<number[] | null> {
  const codec = await track.getCodec()
  if (seconds === 0) return null
  if (codec === 'opus') {
    const [packets, channels] = [new EncodedPacketSink(track).packets(), await track.getNumberOfChannels()]
    return opusWaveform({ packets, channels, seconds, monotonic: () => performance.now(), endsAt })
  }
  if (!codec?.startsWith('pcm-')) return null
  const peaks = createPeaks(seconds)
  for await (const sample of new AudioSampleSink(track).samples()) {
    using piece = sample
    const values = new Float32Array(piece.allocationSize({ planeIndex: 0, format: 'f32-planar' }) / 4)
    piece.copyTo(values, { planeIndex: 0, format: 'f32-planar' })
    peaks.add(values, piece.timestamp, piece.sampleRate)
  }
  return peaks.waveform()
}
