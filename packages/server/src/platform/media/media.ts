import type { ByteRange } from '../../core/route.ts'

/** A file that is inspected. It is read in parts, so that a file of any size costs little memory. */
export type MediaSource = { readonly size: number; read(part: ByteRange): Promise<Uint8Array> }

/** Rule ME4: bytes and pixels of an image, and seconds of a recording, at most. */
export type MediaBounds = { readonly imageBytes: number; readonly imagePixels: number; readonly seconds: number }

/**
 * How an image is kept: `whole`, with smaller copies (rules ME2, ME3), or as a `square`: its middle, still, for what stands for
 * a person or a room (rule ME9).
 */
export type Shape = 'whole' | 'square'

/** A picture as it is stored, without metadata. */
export type Picture = {
  readonly mime_type: string
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

/** What was found in the bytes. Sizes in pixels, duration in seconds; null: not known. */
export type Found =
  | {
      readonly kind: 'image'
      readonly picture: Picture
      /** Smaller ones, named by their longer edge in pixels. */
      readonly renditions: readonly (Picture & { readonly name: string })[]
      /** A tiny copy as a data URI. */
      readonly placeholder: string
    }
  | {
      readonly kind: 'audio' | 'video'
      readonly mime_type: string
      readonly width: number | null
      readonly height: number | null
      readonly duration: number | null
      /** 100 peaks, each from 0 to 1. */
      readonly waveform: number[] | null
    }
  | { readonly kind: 'file'; readonly mime_type: string }
  | { readonly kind: 'refused'; readonly why: 'too_large' | 'unsupported_type' }

/** Whose file it is, and the address that it came from ('': not known): they take turns (rule ME8). */
export type Sender = { readonly key: string; readonly address: string }

export type Media = {
  /** `shape`: of an image, `whole` if it is not said. Rejects when the source cannot be read, or `close` was called. */
  inspect(source: MediaSource, bounds: MediaBounds, by: Sender, shape?: Shape): Promise<Found>
  close(): void
}
