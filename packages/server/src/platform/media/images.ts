import sharp, { type Metadata, type Sharp } from 'sharp'
import type { Found, MediaBounds, Picture, Shape } from './media.ts'

const edges = [320, 1280] as const
const placeholderEdge = 16
/** Pixels of a square at most, and of its smaller copy (rule ME9). */
const squareEdges = { picture: 512, copy: 96 }
const mostFrames = 1_000

/** The loaders that may run: each is attack surface, and others (SVG, PDF, raw formats) do more than decode a picture. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}Buffer`)

const cleanable = new Set(['image/jpeg', 'image/png', 'image/apng', 'image/webp', 'image/gif', 'image/avif'])

export const isCleanable = (mime_type: string): boolean => cleanable.has(mime_type)

/** Sets libvips up for files of strangers: one thread, nothing kept, the loaders above alone. Once in a process. */
export function prepareImages(): void {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders })
}

/** The image written anew (rules ME2 to ME4, ME9). */
export async function cleanImage(bytes: Uint8Array, bounds: MediaBounds, shape: Shape): Promise<Found> {
  const open = (animated: boolean): Sharp =>
    sharp(bytes, { limitInputPixels: bounds.imagePixels, sequentialRead: true, failOn: 'error', animated })
  try {
    const about = await sharp(bytes, { limitInputPixels: false }).metadata()
    const frames = about.pages ?? 1
    if (frames > mostFrames || pixelsOf(about) > bounds.imagePixels) return { kind: 'refused', why: 'too_large' }
    if (shape === 'square') return await squared(open(false), about)
    const isAnimated = frames > 1 && (about.format === 'gif' || about.format === 'webp')
    const picture = await written(open(isAnimated), about.format)
    const longer = Math.max(picture.width, picture.height)
    const renditions = []
    for (const edge of edges.filter((each) => each < longer)) {
      renditions.push({ name: String(edge), ...(await shrunk(open(false), edge, 80)) })
    }
    return { kind: 'image', picture, renditions, placeholder: await placeholderOf(open(false)) }
  } catch {
    // libvips says only in words what it did not like.
    return { kind: 'refused', why: 'unsupported_type' }
  }
}

/** The middle of the image, on white; of an animation, its first frame. The smaller copies are made from it. */
async function squared(image: Sharp, { width, height, pageHeight }: Metadata): Promise<Found> {
  const side = Math.min(width, pageHeight ?? height, squareEdges.picture)
  const resized = image.autoOrient().resize(side, side, { fit: 'cover' }).flatten({ background: '#ffffff' })
  const picture = await encoded(resized.webp({ quality: 85 }))
  const renditions =
    side > squareEdges.copy
      ? [{ name: String(squareEdges.copy), ...(await shrunk(sharp(picture.bytes), squareEdges.copy, 85)) }]
      : []
  return { kind: 'image', picture, renditions, placeholder: await placeholderOf(sharp(picture.bytes)) }
}

async function placeholderOf(image: Sharp): Promise<string> {
  const tiny = await shrunk(image, placeholderEdge, 40)
  return `data:${tiny.mime_type};base64,${Buffer.from(tiny.bytes).toString('base64')}`
}

const pixelsOf = ({ width, height, pageHeight, pages = 1 }: Metadata): number => width * (pageHeight ?? height) * pages

const shrunk = (image: Sharp, edge: number, quality: number): Promise<Picture> =>
  encoded(image.autoOrient().resize(edge, edge, { fit: 'inside', withoutEnlargement: true }).webp({ quality }))

/** In its own type where browsers show it and it is quickly written, else as WebP. */
function written(image: Sharp, format: string): Promise<Picture> {
  if (format === 'jpeg') return encoded(image.autoOrient().jpeg({ quality: 90 }))
  if (format === 'png') return encoded(image.autoOrient().png())
  if (format === 'gif') return encoded(image.gif({ keepDuplicateFrames: true }))
  return encoded(image.autoOrient().webp({ quality: 90 }))
}

async function encoded(image: Sharp): Promise<Picture> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return {
    mime_type: `image/${info.format}`,
    width: info.width,
    // Of an animation libvips has all frames below each other.
    height: info.pageHeight ?? info.height,
    bytes: data,
  }
}
