import { OpusDecoder } from 'opus-decoder'
import { createPeaks } from './peaks.ts'

/** A part of compressed sound; `timestamp`: when it begins, in seconds. */
type Packet = { readonly data: Uint8Array; readonly timestamp: number }

const sampleRate = 48_000
/** Rule ME10: of sound, at most. */
const mostSeconds = 600

export type OpusSound = {
  readonly packets: AsyncIterable<Packet>
  readonly channels: number
  readonly seconds: number
  /** Ms on a clock that never jumps, and when on it the time is over. */
  readonly monotonic: () => number
  readonly endsAt: number
}

/**
 * The waveform of Opus sound, mixed to one channel (rule ME10). Null: it is too long, takes too long, or has a packet that
 * cannot be decoded.
 */
export async function opusWaveform(sound: OpusSound): Promise<number[] | null> {
  const { packets, channels, seconds, monotonic, endsAt } = sound
  // More channels are several streams in each packet.
  if (seconds > mostSeconds || channels > 2) return null
  const peaks = createPeaks(seconds)
  try {
    // Of its own for each file, with which its memory goes: what a packet leaves behind in it meets no other. With one channel
    // it mixes two itself.
    const decoder = new OpusDecoder({ channels: 1 })
    await decoder.ready
    let heard = 0
    for await (const { data, timestamp } of packets) {
      if (monotonic() > endsAt) return null
      // Nothing was sent in this time: it is silent.
      if (data.length === 0) continue
      // Throws for a packet larger than its buffer. For one that is damaged it also writes to the console: once, for the file
      // ends with it, and into nothing, for the process has no output.
      const { channelData, samplesDecoded, errors } = decoder.decodeFrame(data)
      heard += samplesDecoded / sampleRate
      if (errors.length > 0 || heard > mostSeconds) return null
      for (const samples of channelData) peaks.add(samples, timestamp, sampleRate)
    }
    return peaks.waveform()
  } catch {
    return null
  }
}
