import type { ComponentChildren, RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { atRest, cancelled, dragged, type Gesture, type Outcome, pressed, released } from './gesture.ts'
import { fitted, type Frame, moved, type Point, type Size, whole, zoomed } from './zoom.ts'

/** Handles a key of the zoom; false: it was none. */
export type ZoomKeys = RefObject<(key: string) => boolean>

type Props = {
  /** In pixels, before it is fitted. */
  picture: Size
  zoom: ZoomKeys
  /** Whether it can be enlarged; a video cannot, its own controls lie in it. */
  enlarges: boolean
  onOutcome: (outcome: Outcome) => void
  children: (shown: Size & { scale: number }) => ComponentChildren
}

const step = 1.5
/** Of the scale, for each pixel of the wheel; a pinch on a touchpad comes as small steps with Ctrl. */
const wheel = { plain: 0.002, pinch: 0.01, line: 16 }
/** Pixels for each press of an arrow key. */
const nudge = 80
const nudges: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: nudge, y: 0 },
  ArrowRight: { x: -nudge, y: 0 },
  ArrowUp: { x: 0, y: nudge },
  ArrowDown: { x: 0, y: -nudge },
}
const middle: Point = { x: 0, y: 0 }

/** Where a picture lies, is enlarged, moved and dragged away, by touch, mouse, wheel and keys (rules VW3 and VW4). */
export function Stage({ picture, zoom, enlarges, onOutcome, children }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const stage = useSize(place)
  const frame: Frame = { picture: fitted(picture, stage), stage }
  const [gesture, setGesture] = useState(atRest)
  const newest = useRef(gesture)
  const set = (next: Gesture) => {
    newest.current = enlarges ? next : { ...next, view: whole }
    setGesture(newest.current)
  }
  const scaleTo = (scale: number, at: Point) =>
    set({ ...newest.current, view: zoomed(newest.current.view, scale, at, frame) })
  zoom.current = (key) => {
    const { view } = newest.current
    if (!enlarges) return false
    if (key === '+' || key === '=') scaleTo(view.scale * step, middle)
    else if (key === '-' || key === '_') scaleTo(view.scale / step, middle)
    else if (key === '0') scaleTo(1, middle)
    else if (view.scale > 1 && nudges[key]) set({ ...newest.current, view: moved(view, nudges[key], frame) })
    else return false
    return true
  }
  // A window of another size may show more of it than there is.
  useLayoutEffect(() => {
    set({ ...newest.current, view: moved(newest.current.view, middle, frame) })
  }, [stage.width, stage.height])
  const { view, drag, doing } = gesture
  return (
    <div
      ref={place}
      class="viewer-stage"
      data-doing={doing ?? undefined}
      data-enlarged={view.scale > 1 || undefined}
      onPointerDown={(event) => {
        if (event.button !== 0 || isControl(event)) return
        set(pressed(newest.current, event.pointerId, pointOf(event), event.timeStamp))
      }}
      onPointerMove={(event) => {
        if (!newest.current.fingers.has(event.pointerId)) return
        set(dragged(newest.current, event.pointerId, pointOf(event), frame))
        // Not before: a captured pointer clicks on nothing below it.
        if (newest.current.doing !== null) event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerUp={(event) => {
        const { gesture: next, outcome } = released(newest.current, event.pointerId, event.timeStamp, frame)
        set(next)
        if (outcome) onOutcome(outcome)
      }}
      onPointerCancel={() => set(cancelled(newest.current))}
      onWheel={(event) => {
        if (!enlarges) return
        event.preventDefault()
        const by = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? wheel.line : 1)
        scaleTo(newest.current.view.scale * Math.exp(-by * (event.ctrlKey ? wheel.pinch : wheel.plain)), pointOf(event))
      }}
    >
      <div
        class="viewer-slide"
        style={{
          transform: `translate(${view.x + drag.x}px, ${view.y + drag.y}px) scale(${view.scale})`,
          opacity: 1 - Math.min(0.6, drag.y / Math.max(1, stage.height)),
        }}
      >
        {stage.width > 0 && children({ ...frame.picture, scale: view.scale })}
      </div>
    </div>
  )
}

/** From the middle of the stage. */
function pointOf(event: MouseEvent & { currentTarget: Element }): Point {
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect()
  return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 }
}

/** The lower part of a video holds the browser's controls, which are dragged themselves. */
function isControl({ target, clientY }: PointerEvent): boolean {
  if (!(target instanceof HTMLVideoElement)) return false
  const { bottom, height } = target.getBoundingClientRect()
  return clientY > bottom - Math.max(80, height / 4)
}

function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const watched = element.current
    if (!watched) return
    const measure = () => setSize({ width: watched.clientWidth, height: watched.clientHeight })
    const sizes = new ResizeObserver(measure)
    sizes.observe(watched)
    measure()
    return () => sizes.disconnect()
  }, [])
  return size
}
