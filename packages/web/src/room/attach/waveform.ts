import { levelOf, peakCount, peaksOf } from '../voice/peaks.ts'

/** Bytes of the largest file that is decoded: an hour of speech in 8 MB takes 130 MB while it is measured. */
const largest = 8 * 1024 * 1024
/** Samples a second, the least that browsers must offer: the loudest of a stretch is hardly another. */
const rate = 8000

/** The waveform of compressed sound, which the server cannot read; null if the browser cannot either (rule AT5). */
export async function waveformOf(bytes: Blob): Promise<number[] | null> {
  if (bytes.size > largest) return null
  try {
    const context = new OfflineAudioContext(1, 1, rate)
    const sound = await context.decodeAudioData(await bytes.arrayBuffer())
    const channels = Array.from({ length: sound.numberOfChannels }, (_, n) => sound.getChannelData(n))
    const step = Math.max(1, Math.ceil(sound.length / peakCount))
    const levels = Array.from({ length: Math.ceil(sound.length / step) }, (_, n) =>
      Math.max(...channels.map((samples) => levelOf(samples.subarray(n * step, (n + 1) * step)))),
    )
    return peaksOf(levels)
  } catch {
    return null
  }
}
