export type Point = { x: number; y: number }
export type Size = { width: number; height: number }

/** How a picture is seen: enlarged `scale` times from the size at which it fits, its middle moved by x and y pixels. */
export type View = Point & { scale: number }

/** A picture at the size at which it fits, and the place that it fits in; in CSS pixels. */
export type Frame = { picture: Size; stage: Size }

export const whole: View = { scale: 1, x: 0, y: 0 }
const mostScale = 8

const between = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value))

/** The size at which the whole of a picture is seen. It is not enlarged. */
export function fitted({ width, height }: Size, stage: Size): Size {
  const factor = Math.min(1, stage.width / width, stage.height / height)
  return { width: width * factor, height: height * factor }
}

/** Enlarges to this scale. What lies under the point, measured from the middle of the stage, stays there if it can. */
export function zoomed(view: View, scale: number, point: Point, frame: Frame): View {
  const next = between(1, scale, mostScale)
  const times = next / view.scale
  return within(
    { scale: next, x: point.x - (point.x - view.x) * times, y: point.y - (point.y - view.y) * times },
    frame,
  )
}

export const moved = (view: View, by: Point, frame: Frame): View =>
  within({ ...view, x: view.x + by.x, y: view.y + by.y }, frame)

/** A picture that is larger than the stage fills it, and another one stays in its middle. */
function within({ scale, x, y }: View, { picture, stage }: Frame): View {
  const beyond = {
    x: Math.max(0, (picture.width * scale - stage.width) / 2),
    y: Math.max(0, (picture.height * scale - stage.height) / 2),
  }
  return { scale, x: between(-beyond.x, x, beyond.x), y: between(-beyond.y, y, beyond.y) }
}
