import { useEffect, useRef, useState } from 'preact/hooks'
import { type Crop, moved, type Size, wholeOf, zoomedTo, zoomOf } from './crop.ts'

type Point = { x: number; y: number }

/** Parts of the square by which an arrow key moves, and the factor of one step of zoom. */
const step = { move: 0.05, zoom: 1.1 }

/**
 * A crop that is changed on a square element by pointer (drag), two fingers (pinch), wheel and keys. `image`: null as long
 * as its size is not known.
 */
export function useCrop(image: Size | null) {
  const [crop, setCrop] = useState<Crop | null>(null)
  const square = useRef<HTMLDivElement>(null)
  const pointers = useRef(new Map<number, Point>())
  useEffect(() => setCrop(image && wholeOf(image)), [image])

  const change = (how: (before: Crop, image: Size) => Crop) =>
    setCrop((before) => (before && image ? how(before, image) : before))
  const zoomBy = (factor: number, at?: Point) =>
    change((before, size) => zoomedTo(before, size, zoomOf(before, size) * factor, at))

  /** Where in the square, from 0 to 1. */
  function pointOf(event: MouseEvent): Point {
    const { left, top, width, height } = square.current?.getBoundingClientRect() ?? new DOMRect()
    return { x: (event.clientX - left) / (width || 1), y: (event.clientY - top) / (height || 1) }
  }

  // Preact's own listeners are passive for the wheel, and the page would scroll.
  useEffect(() => {
    const element = square.current
    const turn = (event: WheelEvent) => {
      event.preventDefault()
      zoomBy(Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.002 : 0.05)), pointOf(event))
    }
    element?.addEventListener('wheel', turn, { passive: false })
    return () => element?.removeEventListener('wheel', turn)
  }, [image])

  function onPointerMove(event: PointerEvent) {
    const before = pointers.current.get(event.pointerId)
    if (!before) return
    const now = pointOf(event)
    const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point)
    pointers.current.set(event.pointerId, now)
    if (!other) return change((crop, size) => moved(crop, size, { x: now.x - before.x, y: now.y - before.y }))
    // With two fingers what lies in the middle between them stays there.
    const [from, to] = [middle(before, other), middle(now, other)]
    const factor = distance(now, other) / Math.max(distance(before, other), 0.01)
    change((crop, size) => {
      const dragged = moved(crop, size, { x: to.x - from.x, y: to.y - from.y })
      return zoomedTo(dragged, size, zoomOf(dragged, size) * factor, to)
    })
  }

  const forget = ({ pointerId }: PointerEvent) => void pointers.current.delete(pointerId)

  function onKeyDown(event: KeyboardEvent) {
    const far = event.shiftKey ? 4 : 1
    const act = actions[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    change((before, size) => act(before, size, far))
  }

  return {
    crop,
    square,
    zoomTo: (zoom: number) => change((before, size) => zoomedTo(before, size, zoom)),
    handlers: {
      onPointerDown(event: PointerEvent) {
        if (event.button !== 0 || pointers.current.size === 2) return
        square.current?.setPointerCapture(event.pointerId)
        pointers.current.set(event.pointerId, pointOf(event))
      },
      onPointerMove,
      onPointerUp: forget,
      onPointerCancel: forget,
      onKeyDown,
    },
  }
}

const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 })
const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y)

type Act = (crop: Crop, image: Size, far: number) => Crop
const moves =
  (x: number, y: number): Act =>
  (crop, image, far) =>
    moved(crop, image, { x: x * step.move * far, y: y * step.move * far })
const zooms =
  (factor: number): Act =>
  (crop, image) =>
    zoomedTo(crop, image, zoomOf(crop, image) * factor)

/** An arrow moves the image, as dragging does. */
const actions: Readonly<Record<string, Act>> = {
  ArrowLeft: moves(-1, 0),
  ArrowRight: moves(1, 0),
  ArrowUp: moves(0, -1),
  ArrowDown: moves(0, 1),
  '+': zooms(step.zoom),
  '=': zooms(step.zoom),
  '-': zooms(1 / step.zoom),
  Home: (_crop, image) => wholeOf(image),
}
