import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { desktop, openBrowsers, screens, type Visitor } from './harness/visitor.ts'
import { attachScenes } from './scenes/attach.ts'
import { fileScenes } from './scenes/files.ts'
import { findingScenes } from './scenes/finding.ts'
import { pageScenes } from './scenes/pages.ts'
import { pictureScenes } from './scenes/pictures.ts'
import { pollScenes } from './scenes/polls.ts'
import { roomScenes } from './scenes/room.ts'

/** `keep` and `write`: pictures are taken, and the one of the README is renewed. See scripts/screens.ts. */
const pictures = process.env['PARLOR_SCREENS']
const readmePicture = fileURLToPath(new URL('../../docs/room.png', import.meta.url))
const scenes = [
  ...pageScenes,
  ...findingScenes,
  ...roomScenes,
  ...fileScenes,
  ...attachScenes,
  ...pictureScenes,
  ...pollScenes,
]

const tablet = { width: 768, height: 1024 }
const phone = { width: 360, height: 740 }
/**
 * A theme changes colours alone, so all rules are applied once for each size, and those of contrast to a dark page. With
 * fingers controls are larger.
 */
const looks = [
  { look: 'desktop-light', colorScheme: 'light', viewport: desktop, hasTouch: false, rules: 'all' },
  { look: 'desktop-dark', colorScheme: 'dark', viewport: desktop, hasTouch: false, rules: 'contrast' },
  { look: 'tablet-light', colorScheme: 'light', viewport: tablet, hasTouch: true, rules: null },
  { look: 'tablet-dark', colorScheme: 'dark', viewport: tablet, hasTouch: true, rules: null },
  { look: 'phone-light', colorScheme: 'light', viewport: phone, hasTouch: true, rules: 'all' },
  { look: 'phone-dark', colorScheme: 'dark', viewport: phone, hasTouch: true, rules: null },
] as const

const browsers = await openBrowsers()

describe('every page and state, on desktop and phone, light and dark', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  if (pictures) mkdirSync(screens, { recursive: true })

  for (const scene of scenes) {
    const steps = [scene, ...(scene.next ?? [])]
    it(`no serious accessibility violation, and no overflow: ${steps.map(({ name }) => name).join(', ')}`, async (t) => {
      const visitor = await browsers.visitor(t, server.url)
      if (!server.isRunning()) await server.start()
      const faults: string[] = []
      for (const { name, open } of steps) {
        await visitor.page.setViewportSize(desktop)
        await open(visitor, { server, defer: (clear) => t.after(clear) })
        // Move the pointer away: what it hovers over is not part of the scene.
        await visitor.page.mouse.move(0, 0)
        faults.push(...(await lookAt(visitor, name)))
      }
      assert.deepEqual(faults, [])
    })
  }
})

/** The faults of a scene in all looks; takes a picture of each if pictures are wanted. */
async function lookAt(visitor: Visitor, name: string): Promise<string[]> {
  const { page, cdp } = visitor
  const faults: string[] = []
  for (const { look, colorScheme, viewport, hasTouch, rules } of looks) {
    if (rules === null && !pictures) continue
    await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: hasTouch })
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    if (rules !== null) faults.push(...(await faultsOf(visitor, rules)).map((fault) => `${name} ${look}: ${fault}`))
    if (pictures) await page.screenshot({ path: join(screens, `${name}-${look}.png`) })
    if (pictures === 'write' && name === 'room-people' && look === 'desktop-light')
      await page.screenshot({ path: readmePicture })
  }
  await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: false })
  return faults
}

async function faultsOf({ page }: Visitor, rules: 'all' | 'contrast'): Promise<string[]> {
  const faults = await accessibilityFaults(page, rules)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  return beyond > 0 ? [...faults, `the page is ${beyond} px wider than the window`] : faults
}
