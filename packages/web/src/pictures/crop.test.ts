import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Crop, mostZoom, moved, placed, type Size, wholeOf, zoomedTo, zoomOf } from './crop.ts'

const wide: Size = { width: 400, height: 200 }

test('[CR1] a crop begins as the largest square in the middle, and moves and zooms within the image', () => {
  const whole = wholeOf(wide)
  assert.deepEqual(whole, { x: 200, y: 100, side: 200 })
  assert.deepEqual(moved(whole, wide, { x: 0.25, y: 0.5 }), { x: 150, y: 100, side: 200 })
  assert.deepEqual(moved(whole, wide, { x: -9, y: 0 }), { x: 300, y: 100, side: 200 })
  assert.deepEqual(zoomedTo(whole, wide, 2), { x: 200, y: 100, side: 100 })
  assert.deepEqual(zoomedTo(whole, wide, 0.1), whole)
  assert.equal(zoomedTo(whole, wide, 1_000).side, 64)
})

test('[CR1] zooming keeps what is under the pointer', () => {
  const zoomed = zoomedTo(wholeOf(wide), wide, 2, { x: 0, y: 1 })
  assert.deepEqual(zoomed, { x: 150, y: 150, side: 100 })
})

test('[CR1] an image smaller than the largest zoom is not zoomed', () => {
  const tiny = { width: 30, height: 20 }
  assert.equal(mostZoom(tiny), 1)
  assert.deepEqual(zoomedTo(wholeOf(tiny), tiny, 3), { x: 15, y: 10, side: 20 })
})

test('[CR1] a crop is shown by the image behind the square', () => {
  assert.deepEqual(placed(wholeOf(wide), wide), { width: '200%', height: '100%', left: '-50%', top: '0%' })
})

test('[CR1] whatever is done, the square stays within the image', () => {
  const size = fc.integer({ min: 1, max: 9_000 })
  const number = fc.double({ min: -20, max: 20, noNaN: true })
  const steps = fc.array(fc.record({ zoom: fc.boolean(), x: number, y: number }), { maxLength: 20 })
  fc.assert(
    fc.property(size, size, steps, (width, height, all) => {
      const image = { width, height }
      let crop: Crop = wholeOf(image)
      for (const { zoom, x, y } of all) {
        crop = zoom
          ? zoomedTo(crop, image, Math.abs(x), { x: Math.abs(y) / 20, y: Math.abs(x) / 20 })
          : moved(crop, image, { x, y })
        const [left, top] = [crop.x - crop.side / 2, crop.y - crop.side / 2]
        assert.ok(left > -0.01 && top > -0.01, JSON.stringify(crop))
        assert.ok(left + crop.side < width + 0.01 && top + crop.side < height + 0.01, JSON.stringify(crop))
        assert.ok(zoomOf(crop, image) >= 0.999 && zoomOf(crop, image) <= mostZoom(image) + 0.001)
      }
    }),
  )
})
