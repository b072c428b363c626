import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, type TestContext } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Locator, Page } from 'playwright-core'
import { en } from '../../../packages/web/src/texts/en.ts'
import { enRest } from '../../../packages/web/src/texts/en-rest.ts'
import { es } from '../../../packages/web/src/texts/es.ts'
import { esRest } from '../../../packages/web/src/texts/es-rest.ts'
import { type Translate, translator } from '../../../packages/web/src/texts/texts.ts'
import { startChromium } from './chromium.ts'
import { type Faults, watchFaults } from './faults.ts'

/** Where `npm run screens` and failed tests leave pictures. */
export const screens = fileURLToPath(new URL('../../../screens/', import.meta.url))

type Role = Parameters<Page['getByRole']>[0]

/** A user with a browser of their own: visitors share only the server. */
export type Visitor = {
  /** The server's address. */
  url: string
  page: Page
  context: BrowserContext
  /** Chromium's own tools: the heap, the network's bytes. */
  cdp: CDPSession
  faults: Faults
  /** A text of the app in the language of this browser. */
  t: Translate
  /** An element by role and accessible name, which must match as a whole or by a pattern. */
  the(role: Role, name?: string | RegExp): Locator
  /** Takes this browser offline (true) or online. */
  offline(isOffline: boolean): Promise<void>
}

export type VisitorOptions = Pick<BrowserContextOptions, 'locale' | 'colorScheme' | 'viewport' | 'reducedMotion'> & {
  isPhone?: boolean
}

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

export type Browsers = {
  /** Why there is no browser, for `test(name, { skip: browsers.missing }, …)`; false if there is one. */
  missing: string | false
  /** A browser with empty storage. Errors in it fail the test, with which it closes. */
  visitor(t: TestContext, url: string, options?: VisitorOptions): Promise<Visitor>
}

/** One Chromium for all tests of a file. */
export async function openBrowsers(): Promise<Browsers> {
  const { browser, missing } = await startChromium()
  if (!browser) return { missing, visitor: () => Promise.reject(new Error(missing)) }
  after(() => browser.close())
  return { missing: false, visitor: (t, url, options = {}) => openVisitor(browser, t, url, options) }
}

async function openVisitor(browser: Browser, t: TestContext, url: string, options: VisitorOptions): Promise<Visitor> {
  const visitor = await visit(browser, url, options)
  t.after(async () => {
    if ('passed' in t && t.passed === false) await keepPicture(visitor.page, t.name)
    await visitor.context.close()
    assert.deepEqual(visitor.faults.seen, [], 'something went wrong in the page')
  })
  return visitor
}

export async function visit(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
  const { isPhone = false, locale = 'en-GB', ...rest } = options
  const context = await browser.newContext({
    baseURL: url,
    locale,
    timezoneId: 'Europe/Madrid',
    viewport: isPhone ? phone : desktop,
    permissions: ['clipboard-read', 'clipboard-write'],
    // Without a graphics card each picture of a movement takes CPU time; overlays.browser.test.ts has movements.
    reducedMotion: 'reduce',
    ...(isPhone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
    ...rest,
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const faults = watchFaults(page)
  return {
    url,
    page,
    context,
    cdp: await context.newCDPSession(page),
    faults,
    t: locale.startsWith('es') ? translator('es', { ...es, ...esRest }) : translator('en', { ...en, ...enRest }),
    the: (role, name) => page.getByRole(role, name === undefined ? {} : { name, exact: true }),
    async offline(isOffline) {
      if (isOffline) faults.allowNetworkFailures()
      await context.setOffline(isOffline)
    },
  }
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join(screens, 'failed')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, '-').slice(0, 80)}-${Date.now()}.png`) })
}
