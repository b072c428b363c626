/** How many peaks a waveform has. */
export const peakCount = 100

/** Collects the waveform of so many seconds of sound: the loudest sample of each stretch, from 0 to 1. */
export function createPeaks(seconds: number) {
  const found = Array.from({ length: peakCount }, () => 0)
  return {
    /** Samples from this second on; those outside of the sound count for nothing. */
    add(samples: Float32Array, second: number, sampleRate: number): void {
      const first = (second / seconds) * peakCount
      const each = peakCount / (seconds * sampleRate)
      for (let at = 0; at < samples.length; at += 1) {
        const place = Math.floor(first + at * each)
        const loud = Math.min(1, Math.abs(samples[at] ?? 0))
        if (loud > (found[place] ?? 1)) found[place] = loud
      }
    },
    waveform: (): number[] => found.map((peak) => Math.round(peak * 1000) / 1000),
  }
}
