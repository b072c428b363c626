import type { StoredFile } from '@parlor/client'

/** In CSS pixels. A narrower view scales a picture down; only a video, whose controls need the width, is scaled up. */
const most = { width: 360, height: 400 }
/** The least width and height, of a target for fingers. */
const least = 44
/** The longer edge by the shorter one; of pictures that are longer the middle is shown. */
const longest = 3
const unknown = { width: 16, height: 9 }

/** The width of a picture or video, and its proportions: known before its bytes are, so nothing moves when they come. */
export function pictureSize({ kind, width, height }: Pick<StoredFile, 'kind' | 'width' | 'height'>): {
  width: number
  ratio: number
} {
  const known = width !== null && height !== null && width > 0 && height > 0 ? { width, height } : null
  const shape = known ?? unknown
  const ratio = Math.min(longest, Math.max(1 / longest, shape.width / shape.height))
  const fits = Math.min(most.width, most.height * ratio, kind === 'image' && known ? known.width : most.width)
  return { width: Math.round(Math.max(fits, least, least * ratio)), ratio }
}
