import { type Crop, pictureEdge } from './crop.ts'

/** The crop of this image as a file of its own, which is small. Null: the browser cannot draw it. */
export function drawCrop(image: HTMLImageElement, { x, y, side }: Crop): Promise<Blob | null> {
  const edge = Math.max(1, Math.min(pictureEdge, Math.round(side)))
  const canvas = document.createElement('canvas')
  canvas.width = edge
  canvas.height = edge
  const context = canvas.getContext('2d')
  if (!context) return Promise.resolve(null)
  context.imageSmoothingQuality = 'high'
  // As the server does with what is transparent.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, edge, edge)
  context.drawImage(image, x - side / 2, y - side / 2, side, side, 0, 0, edge, edge)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
}
