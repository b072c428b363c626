/** Pixels of an image, upright. */
export type Size = { width: number; height: number }

/** The square part of an image that is kept: its middle and its edge, in pixels of the image. */
export type Crop = { x: number; y: number; side: number }

/** Pixels of the picture that is sent, at most. */
export const pictureEdge = 512
/** Pixels of the image that are shown at the largest zoom, unless the image has fewer. */
const leastSide = 64

/** The largest square in the middle. */
export function wholeOf({ width, height }: Size): Crop {
  return { x: width / 2, y: height / 2, side: Math.min(width, height) }
}

/** How much the crop enlarges the image: 1 shows the largest square. */
export const zoomOf = (crop: Crop, image: Size): number => Math.min(image.width, image.height) / crop.side

export const mostZoom = (image: Size): number => Math.max(1, Math.min(image.width, image.height) / leastSide)

/**
 * Zoomed to `zoom`, so that the same point of the image stays under `at`: a point of the square, from 0 to 1 in each
 * direction.
 */
export function zoomedTo(crop: Crop, image: Size, zoom: number, at = { x: 0.5, y: 0.5 }): Crop {
  const bounded = Math.min(Math.max(zoom, 1), mostZoom(image))
  const side = Math.min(image.width, image.height) / bounded
  const grown = crop.side - side
  return within({ side, x: crop.x + grown * (at.x - 0.5), y: crop.y + grown * (at.y - 0.5) }, image)
}

/** Moved by parts of the square: the image follows, so that `x` 1 shows what is a whole square to the left. */
export const moved = (crop: Crop, image: Size, by: { x: number; y: number }): Crop =>
  within({ ...crop, x: crop.x - by.x * crop.side, y: crop.y - by.y * crop.side }, image)

/** The crop, pushed back into the image. */
function within({ x, y, side }: Crop, { width, height }: Size): Crop {
  const bounded = (value: number, edge: number) => Math.min(Math.max(value, side / 2), edge - side / 2)
  return { side, x: bounded(x, width), y: bounded(y, height) }
}

/** How the whole image lies behind the square, in per cent of its edge: for CSS. */
export function placed({ x, y, side }: Crop, { width, height }: Size) {
  const percent = (pixels: number) => `${(pixels / side) * 100}%`
  return { width: percent(width), height: percent(height), left: percent(side / 2 - x), top: percent(side / 2 - y) }
}
