import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atRest, cancelled, dragged, type Gesture, pressed, released } from './gesture.ts'
import type { Frame, Point } from './zoom.ts'

const frame: Frame = { picture: { width: 400, height: 300 }, stage: { width: 400, height: 600 } }
const at = (x: number, y: number): Point => ({ x, y })

/** One finger along these points, in so many ms. */
function stroke(from: Gesture, points: readonly Point[], ms: number, start = 0) {
  const [first = at(0, 0), ...rest] = points
  const held = rest.reduce((gesture, point) => dragged(gesture, 1, point, frame), pressed(from, 1, first, start))
  return { held, ...released(held, 1, start + ms, frame) }
}

const outcome = (points: readonly Point[], ms: number) => stroke(atRest, points, ms).outcome

test('[VW4] a swipe aside shows the neighbour, if it is long or quick', () => {
  assert.equal(outcome([at(0, 0), at(-120, 5)], 2_000), 'next')
  assert.equal(outcome([at(0, 0), at(120, 5)], 2_000), 'previous')
  assert.equal(outcome([at(0, 0), at(-60, 0)], 60), 'next')
  assert.equal(outcome([at(0, 0), at(-60, 0)], 2_000), null)
  assert.equal(outcome([at(0, 0), at(-20, 0)], 10), null)
})

test('[VW4] a swipe down closes, one up does nothing, and a movement keeps its direction', () => {
  assert.equal(outcome([at(0, 0), at(0, 200)], 2_000), 'close')
  assert.equal(outcome([at(0, 0), at(0, 60)], 60), 'close')
  assert.equal(outcome([at(0, 0), at(0, -300)], 60), null)
  const { held, outcome: ended } = stroke(atRest, [at(0, 0), at(0, 20), at(300, 20)], 2_000)
  assert.deepEqual([held.drag, ended], [at(0, 20), null])
})

test('[VW3] a double tap enlarges where it is, and another one shows the whole picture', () => {
  const tap = (from: Gesture, start: number) => stroke(from, [at(100, 60)], 50, start).gesture
  const once = tap(atRest, 0)
  assert.equal(once.view.scale, 1)
  const twice = tap(once, 200)
  assert.deepEqual(twice.view, { scale: 2.5, x: -150, y: -75 })
  assert.equal(tap(tap(twice, 1_000), 1_200).view.scale, 1)
  assert.equal(tap(once, 900).view.scale, 1, 'two taps far apart are none')
})

test('[VW3] two fingers enlarge and move, and neither swipe nor tap when they leave', () => {
  let gesture = pressed(pressed(atRest, 1, at(-50, 0), 0), 2, at(50, 0), 10)
  gesture = dragged(gesture, 2, at(150, 0), frame)
  assert.deepEqual(gesture.view, { scale: 2, x: 50, y: 0 })
  const left = released(gesture, 1, 100, frame)
  assert.deepEqual([left.gesture.doing, left.outcome], ['pan', null])
  const panned = dragged(left.gesture, 2, at(130, 0), frame)
  assert.equal(panned.view.x, 30)
  const rest = released(panned, 2, 200, frame)
  assert.deepEqual([rest.gesture.fingers.size, rest.gesture.tapped, rest.outcome], [0, null, null])
})

test('[VW4] an enlarged picture is moved and not swiped away', () => {
  const enlarged: Gesture = { ...atRest, view: { scale: 2, x: 0, y: 0 } }
  const { gesture, outcome: ended } = stroke(enlarged, [at(0, 0), at(-60, 0), at(-160, 0)], 50)
  assert.deepEqual([gesture.view.x, ended], [-160, null])
})

test('what the browser takes away leaves the picture where it was', () => {
  const held = dragged(pressed(atRest, 1, at(0, 0), 0), 1, at(100, 0), frame)
  assert.deepEqual(cancelled(held), atRest)
  assert.deepEqual(released(atRest, 7, 0, frame), { gesture: atRest, outcome: null })
})
