import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Frame, fitted, moved, whole, zoomed } from './zoom.ts'

const stage = { width: 400, height: 600 }
const frame: Frame = { picture: { width: 400, height: 300 }, stage }

test('[VW3] a picture is seen whole, and a small one in its own size', () => {
  assert.deepEqual(fitted({ width: 4000, height: 3000 }, stage), { width: 400, height: 300 })
  assert.deepEqual(fitted({ width: 1000, height: 6000 }, stage), { width: 100, height: 600 })
  assert.deepEqual(fitted({ width: 40, height: 30 }, stage), { width: 40, height: 30 })
})

test('[VW3] what lies under the pointer stays there while a picture is enlarged', () => {
  const point = { x: 100, y: 60 }
  const view = zoomed(whole, 4, point, frame)
  assert.deepEqual(view, { scale: 4, x: -300, y: -180 })
  const under = { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale }
  assert.deepEqual(under, point)
  assert.deepEqual(zoomed(view, 1, point, frame), whole)
})

test('[VW3] the scale has bounds, and no edge of a picture comes further in than it must', () => {
  assert.equal(zoomed(whole, 100, { x: 0, y: 0 }, frame).scale, 8)
  assert.equal(zoomed(whole, 0.1, { x: 0, y: 0 }, frame).scale, 1)
  const twice = zoomed(whole, 2, { x: 0, y: 0 }, frame)
  // As high as the stage by now, so it moves aside alone.
  assert.deepEqual(moved(twice, { x: 1000, y: 1000 }, frame), { scale: 2, x: 200, y: 0 })
  assert.deepEqual(moved(whole, { x: 10, y: 10 }, frame), whole)
})
