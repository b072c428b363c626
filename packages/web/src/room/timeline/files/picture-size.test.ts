import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pictureSize } from './picture-size.ts'

const sized = (width: number | null, height: number | null, kind: 'image' | 'video' = 'image') => {
  const size = pictureSize({ kind, width, height })
  return [size.width, Math.round(size.width / size.ratio)]
}

test('[MF1] a picture has its place before it is loaded, within 360 by 400 pixels and with room for a finger', () => {
  assert.deepEqual(sized(4000, 3000), [360, 270])
  assert.deepEqual(sized(3000, 4000), [300, 400])
  assert.deepEqual(sized(120, 90), [120, 90])
  assert.deepEqual(sized(1, 1), [44, 44])
  assert.deepEqual(sized(64, 48, 'video'), [360, 270])
})

test('[MF1] neither a picture of one line of pixels nor one of unknown size stretches the list', () => {
  assert.deepEqual(sized(1, 40_000), [44, 132])
  assert.deepEqual(sized(40_000, 1), [360, 120])
  assert.deepEqual(sized(null, null), [360, 203])
  assert.deepEqual(sized(0, 0), [360, 203])
})
