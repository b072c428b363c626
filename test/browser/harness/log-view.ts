import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** A message in the window: its text and its top in pixels. */
export type Standing = { text: string; top: number }

/**
 * The messages that are in view, as soon as nothing has moved for some pictures. After `before` something else is waited
 * for first, for a second at most: on a busy machine the browser scrolls some pictures after the wheel was turned.
 */
export function inView(page: Page, before: readonly Standing[] | null = null): Promise<Standing[]> {
  return page.evaluate(async (earlier) => {
    const read = () => {
      const log = document.querySelector('[role=log]')
      if (!log) return []
      const { top, bottom } = log.getBoundingClientRect()
      return [...log.querySelectorAll('article p')]
        .map((message) => ({ text: message.textContent ?? '', place: message.getBoundingClientRect() }))
        .filter(({ place }) => place.bottom > top && place.top < bottom)
        .map(({ text, place }) => ({ text, top: place.top }))
    }
    const picture = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const [start, from] = [performance.now(), earlier === null ? null : JSON.stringify(earlier)]
    let last = ''
    for (let still = 0; still < 6; ) {
      await picture()
      const now = JSON.stringify(read())
      const hasMoved = now !== from || performance.now() - start > 1000
      still = now === last && hasMoved ? still + 1 : 0
      last = now
    }
    return read()
  }, before)
}

/** Fails unless the messages in both views moved by the same distance, and returns it; null if none is in both. */
export function movedBy(before: readonly Standing[], after: readonly Standing[]): number | null {
  const places = new Map(before.map(({ text, top }) => [text, top]))
  const moves = after.flatMap(({ text, top }) => {
    const was = places.get(text)
    return was === undefined ? [] : [top - was]
  })
  const [first] = moves
  if (first === undefined) return null
  for (const move of moves) assert.ok(Math.abs(move - first) <= 1, `messages moved apart: ${moves.join(', ')}`)
  return first
}
