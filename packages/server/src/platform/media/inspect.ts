import { fileTypeFromBuffer } from 'file-type'
import { cleanImage, isCleanable } from './images.ts'
import type { Found, MediaBounds, MediaSource, Shape } from './media.ts'
import { measure } from './recordings.ts'

/** Bytes in which file-type looks for the marks of a type. */
const headBytes = 4_100
const unknown = 'application/octet-stream'

/** Rules ME1 to ME7, and ME9. */
export async function inspect(source: MediaSource, bounds: MediaBounds, shape: Shape): Promise<Found> {
  if (source.size === 0) return { kind: 'file', mime_type: unknown }
  const head = await source.read({ first: 0, last: Math.min(headBytes, source.size) - 1 })
  const type = (await fileTypeFromBuffer(head))?.mime ?? unknown
  if (isCleanable(type)) {
    if (source.size > bounds.imageBytes) return { kind: 'refused', why: 'too_large' }
    return cleanImage(await source.read({ first: 0, last: source.size - 1 }), bounds, shape)
  }
  // Drafts of drawing programs are documents.
  if (/^image\/(?!vnd\.|svg)/.test(type)) return { kind: 'refused', why: 'unsupported_type' }
  if (/^(audio|video)\//.test(type) || type === 'application/ogg') return (await measure(source, bounds)) ?? file(type)
  return file(type)
}

const file = (mime_type: string): Found => ({ kind: 'file', mime_type })
