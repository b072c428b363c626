import type { Page } from 'playwright-core'
import type { Visitor } from './visitor.ts'

declare global {
  var interactions: number[]
}

/** Ms from each key or click to the next paint, as the browser measures it (Event Timing). */
export async function watchInteractions(page: Page): Promise<{ slowest(): Promise<number[]> }> {
  await page.evaluate(() => {
    globalThis.interactions = []
    const seen = new Map<number, number>()
    // The browser does not report interactions under 16 ms.
    const slow = { type: 'event', durationThreshold: 16 }
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!(entry instanceof PerformanceEventTiming) || entry.interactionId === 0) continue
        seen.set(entry.interactionId, Math.max(entry.duration, seen.get(entry.interactionId) ?? 0))
      }
      globalThis.interactions = [...seen.values()]
    }).observe(slow)
  })
  return {
    slowest: () => page.evaluate(() => globalThis.interactions.toSorted((a, b) => b - a)),
  }
}

/** What the page holds after garbage collection: bytes of the heap and nodes of the document. */
export async function held({ cdp, page }: Visitor): Promise<{ bytes: number; nodes: number }> {
  await cdp.send('HeapProfiler.enable')
  const collect = async () => {
    // Wait until the last messages are drawn and those that they replaced are released.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve))))
    await cdp.send('HeapProfiler.collectGarbage')
    return {
      bytes: (await cdp.send('Runtime.getHeapUsage')).usedSize,
      nodes: (await cdp.send('Memory.getDOMCounters')).nodes,
    }
  }
  // Objects released by one collection free more in the next.
  let left = await collect()
  for (let times = 0; times < 10; times++) {
    const now = await collect()
    const isSettled = now.nodes >= left.nodes && now.bytes > left.bytes - 50_000
    left = { bytes: Math.min(now.bytes, left.bytes), nodes: Math.min(now.nodes, left.nodes) }
    if (isSettled && times >= 2) return left
  }
  return left
}

/**
 * Ms until the largest content of this address is painted (Largest Contentful Paint), with nothing in the browser's cache and
 * a CPU that is four times slower.
 */
export async function largestPaint({ page, cdp }: Visitor, address: string): Promise<number> {
  await page.goto('about:blank')
  await cdp.send('Network.enable')
  await cdp.send('Network.clearBrowserCache')
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.goto(address, { waitUntil: 'networkidle' })
  const ms = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? NaN)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  return ms
}
