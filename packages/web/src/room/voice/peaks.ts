/** Of a waveform, as the server keeps them. */
export const peakCount = 100

/** The loudest level of each of 100 stretches, rounded to thousandths; null for silence, of which there is nothing to see. */
export function peaksOf(levels: readonly number[]): number[] | null {
  if (!levels.some((level) => level > 0)) return null
  return Array.from({ length: peakCount }, (_, n) => {
    const from = Math.floor((n * levels.length) / peakCount)
    const to = Math.max(from + 1, Math.floor(((n + 1) * levels.length) / peakCount))
    const loudest = Math.max(...levels.slice(from, to))
    return Math.round(Math.min(1, loudest) * 1000) / 1000
  })
}

/** How loud the samples are at most, from 0 to 1. */
export const levelOf = (samples: Float32Array): number =>
  Math.min(
    1,
    samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  )
