import type { Page } from 'playwright-core'

/** Unexpected errors in a page. */
export type Faults = {
  /** In words, in order. */
  readonly seen: readonly string[]
  /** From now on the server is unreachable, so the browser's messages about that are no faults. */
  allowNetworkFailures(): void
}

const networkFailure =
  /^(Failed to load resource: net::ERR_|WebSocket connection to .* failed|Error: Could not load http|TypeError: Failed to fetch dynamically imported module|Refused to apply style .* MIME type \(''\))|status of 503/
/** A refusal that the app shows to the user; the browser logs it too. */
const refusal = /^Failed to load resource: the server responded with a status of 4\d\d/

/** Collects console errors, uncaught exceptions and rejections, and requests that the page's policy blocked. */
export function watchFaults(page: Page): Faults {
  const seen: string[] = []
  let mayFail = false
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    const text = message.text()
    if (refusal.test(text) || (mayFail && networkFailure.test(text))) return
    seen.push(`console ${message.type()}: ${text}`)
  })
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.stack ?? error.message}`))
  page.on('crash', () => seen.push('the page crashed'))
  return {
    seen,
    allowNetworkFailures() {
      mayFail = true
    },
  }
}
