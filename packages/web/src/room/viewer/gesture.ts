import { type Frame, moved, type Point, type View, whole, zoomed } from './zoom.ts'

type Moment = Point & {
  /** Ms, of a clock that only runs forward. */
  at: number
}

/** What fingers, or a mouse, do with a picture. Points are measured from the middle of the stage. */
export type Gesture = {
  view: View
  /** How far a picture that is wholly seen is dragged: aside to its neighbours, or down to close it. */
  drag: Point
  fingers: ReadonlyMap<number, Point>
  /** Null until the fingers have moved far enough to tell. `nothing`: they move, and it means nothing. */
  doing: 'pan' | 'pinch' | 'aside' | 'down' | 'nothing' | null
  /** Where and when the first finger came. */
  began: Moment
  /** The tap before, which another one makes a double tap. */
  tapped: Moment | null
}

export type Outcome = 'next' | 'previous' | 'close' | null

const here: Point = { x: 0, y: 0 }
export const atRest: Gesture = {
  ...{ view: whole, drag: here, fingers: new Map(), doing: null, tapped: null },
  began: { ...here, at: 0 },
}

/** Pixels until a movement is one. */
const slack = 8
/** Pixels and ms between the taps of a double tap. */
const double = { within: 30, ms: 300, scale: 2.5 }
/** A drag counts beyond this part of the stage, or if it was this fast, in pixels a ms, and no accident. */
const enough = { part: 0.25, speed: 0.5, least: 24 }

export function pressed(gesture: Gesture, finger: number, point: Point, at: number): Gesture {
  const fingers = new Map([...gesture.fingers, [finger, point]])
  if (fingers.size === 1) return { ...gesture, fingers, doing: null, began: { ...point, at } }
  return { ...gesture, fingers, doing: 'pinch', drag: here, tapped: null }
}

export function dragged(gesture: Gesture, finger: number, point: Point, frame: Frame): Gesture {
  const before = gesture.fingers.get(finger)
  if (!before) return gesture
  const fingers = new Map([...gesture.fingers, [finger, point]])
  if (gesture.doing === 'pinch') return { ...gesture, fingers, view: pinched(gesture, fingers, frame) }
  const by = { x: point.x - gesture.began.x, y: point.y - gesture.began.y }
  const doing = gesture.doing ?? meantBy(by, gesture.view)
  const view = doing === 'pan' ? moved(gesture.view, { x: point.x - before.x, y: point.y - before.y }, frame) : null
  const drag = { x: doing === 'aside' ? by.x : 0, y: doing === 'down' ? Math.max(0, by.y) : 0 }
  return { ...gesture, fingers, doing, drag, view: view ?? gesture.view }
}

export function released(
  gesture: Gesture,
  finger: number,
  at: number,
  frame: Frame,
): { gesture: Gesture; outcome: Outcome } {
  const point = gesture.fingers.get(finger)
  const fingers = new Map(gesture.fingers)
  if (!fingers.delete(finger) || !point) return { gesture, outcome: null }
  const [other] = fingers.values()
  const rest = { ...gesture, fingers, drag: here }
  if (other) {
    const doing = gesture.view.scale > 1 ? 'pan' : 'nothing'
    return { gesture: { ...rest, doing, began: { ...other, at } }, outcome: null }
  }
  if (gesture.doing === null) return { gesture: tapped(rest, { ...point, at }, frame), outcome: null }
  return { gesture: { ...rest, doing: null, tapped: null }, outcome: outcomeOf(gesture, at, frame) }
}

/** The browser took the fingers away. */
export const cancelled = ({ view }: Gesture): Gesture => ({ ...atRest, view })

function meantBy({ x, y }: Point, { scale }: View): Gesture['doing'] {
  if (Math.hypot(x, y) < slack) return null
  if (scale > 1) return 'pan'
  if (Math.abs(x) > Math.abs(y)) return 'aside'
  return y > 0 ? 'down' : 'nothing'
}

/** The first two fingers count. */
function pinched({ view, fingers: from }: Gesture, to: Gesture['fingers'], frame: Frame): View {
  const [a, b] = from.values()
  const [c, d] = to.values()
  if (!a || !b || !c || !d) return view
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  const distance = Math.max(1, Math.hypot(a.x - b.x, a.y - b.y))
  const enlarged = zoomed(view, (view.scale * Math.hypot(c.x - d.x, c.y - d.y)) / distance, middle, frame)
  return moved(enlarged, { x: (c.x + d.x) / 2 - middle.x, y: (c.y + d.y) / 2 - middle.y }, frame)
}

function tapped(gesture: Gesture, tap: Moment, frame: Frame): Gesture {
  const before = gesture.tapped
  const isDouble =
    before !== null && tap.at - before.at < double.ms && Math.hypot(tap.x - before.x, tap.y - before.y) < double.within
  if (!isDouble) return { ...gesture, tapped: tap }
  const view = gesture.view.scale > 1 ? whole : zoomed(gesture.view, double.scale, tap, frame)
  return { ...gesture, view, tapped: null }
}

function outcomeOf({ doing, drag, began }: Gesture, at: number, { stage }: Frame): Outcome {
  const isEnough = (distance: number, of: number) =>
    distance > of * enough.part || (distance > enough.least && distance / Math.max(1, at - began.at) > enough.speed)
  if (doing === 'down') return isEnough(drag.y, stage.height) ? 'close' : null
  if (doing !== 'aside' || !isEnough(Math.abs(drag.x), stage.width)) return null
  return drag.x < 0 ? 'next' : 'previous'
}
