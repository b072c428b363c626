import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { firstPast, followsEnd, isResized, nearEdges, scrollCorrection, type View } from './scroll-anchor.ts'

const view = (top: number, content = 5000): View => ({ top, width: 800, height: 600, content })

describe('following the end', () => {
  it('continues while the reader does nothing and messages arrive', () => {
    assert.equal(followsEnd(view(4400), view(4400, 5080), true), true)
  })
  it('ends when the reader scrolls up at all, also while messages arrive', () => {
    assert.equal(followsEnd(view(4400), view(4390), true), false)
    assert.equal(followsEnd(view(4400), view(4390, 5020), true), false)
  })
  it('begins when the reader scrolls down to nearly the end', () => {
    assert.equal(followsEnd(view(4000), view(4380), false), true)
    assert.equal(followsEnd(view(4000), view(4300), false), false)
  })
  it('continues when the last message is removed', () => {
    assert.equal(followsEnd(view(4400), view(4320, 4920), true), true)
  })
})

describe('a change of the view’s size', () => {
  it('[TL1] does not count as scrolling, however the browser changed the scroll position', () => {
    const before = view(4400)
    for (const size of [{ width: 1200 }, { height: 500 }])
      assert.ok(isResized(before, { ...view(3000, 3700), ...size }))
    assert.equal(isResized(before, view(4390, 5020)), false)
  })
})

describe('the edges of what is loaded', () => {
  it('count as near before the reader reaches them', () => {
    assert.deepEqual(nearEdges(view(900)), { older: true, newer: false })
    assert.deepEqual(nearEdges(view(2200)), { older: false, newer: false })
    assert.deepEqual(nearEdges(view(3900)), { older: false, newer: true })
  })
})

describe('the scroll correction', () => {
  const anchors = [
    { item: 'a', bottom: 12 },
    { item: 'b', bottom: 60 },
  ]
  const held = (places: Record<string, number>) => scrollCorrection(anchors, (item) => places[item] ?? null)
  it('follows the first message in view', () => assert.equal(held({ a: 512, b: 560 }), 500))
  it('follows the next one if the first is gone', () => assert.equal(held({ b: 40 }), -20))
  it('is unknown if all are gone', () => assert.equal(held({}), null))
})

describe('the first item past a line', () => {
  it('is found by binary search', () => {
    const bottoms = [10, 20, 30, 40, 50]
    const past = (line: number) => firstPast(bottoms.length, (index) => (bottoms[index] ?? 0) > line)
    assert.deepEqual([-1, 10, 35, 50].map(past), [0, 1, 3, 5])
    assert.equal(
      firstPast(0, () => true),
      0,
    )
  })
})
