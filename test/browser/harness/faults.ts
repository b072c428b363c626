import type { Page } from 'playwright-core'

/** What went wrong in a page that no test asked for. */
export type Faults = {
  /** In words, in order. */
  readonly seen: readonly string[]
  /** From here on the server cannot be reached, and the browser's words about that are no fault. */
  allowNetworkFailures(): void
}

const networkFailure =
  /^(Failed to load resource: net::ERR_|WebSocket connection to .* failed|Error: Could not load http|TypeError: Failed to fetch dynamically imported module|Refused to apply style .* MIME type \(''\))|status of 503/
/** A refusal that the app shows to the person; the browser logs it all the same. */
const refusal = /^Failed to load resource: the server responded with a status of 4\d\d/

/** Collects errors in the console, exceptions and rejections that nobody caught, and what the page's policy blocked. */
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
