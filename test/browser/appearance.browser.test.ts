import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { desktop, openBrowsers, phone, screens, type Visitor } from './harness/visitor.ts'
import { pageScenes } from './scenes/pages.ts'
import { roomScenes } from './scenes/room.ts'

/** `keep` and `write`: pictures are taken, and the one of the README is renewed. See scripts/screens.ts. */
const pictures = process.env['PARLOR_SCREENS']
const readmePicture = fileURLToPath(new URL('../../docs/room.png', import.meta.url))
const scenes = [...pageScenes, ...roomScenes]

const looks = [
  { look: 'desktop-light', colorScheme: 'light', viewport: desktop },
  { look: 'desktop-dark', colorScheme: 'dark', viewport: desktop },
  { look: 'phone-light', colorScheme: 'light', viewport: phone },
  { look: 'phone-dark', colorScheme: 'dark', viewport: phone },
] as const

const browsers = await openBrowsers()

describe('every page and state, on desktop and phone, light and dark', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  if (pictures) mkdirSync(screens, { recursive: true })

  for (const { name, open } of scenes)
    it(`${name} has no serious accessibility violation and fits the window`, async (t) => {
      const visitor = await browsers.visitor(t, server.url, { reducedMotion: 'reduce' })
      if (!server.isRunning()) await server.start()
      await open(visitor, { server, defer: (clear) => t.after(clear) })
      // What the pointer happens to rest on is no part of the scene.
      await visitor.page.mouse.move(0, 0)
      const faults: string[] = []
      for (const { look, colorScheme, viewport } of looks) {
        await visitor.page.setViewportSize(viewport)
        await visitor.page.emulateMedia({ colorScheme })
        faults.push(...(await faultsOf(visitor)).map((fault) => `${look}: ${fault}`))
        if (pictures) await visitor.page.screenshot({ path: join(screens, `${name}-${look}.png`) })
        if (pictures === 'write' && name === 'room-people' && look === 'desktop-light')
          await visitor.page.screenshot({ path: readmePicture })
      }
      assert.deepEqual(faults, [])
    })
})

async function faultsOf({ page }: Visitor): Promise<string[]> {
  const faults = await accessibilityFaults(page)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  return beyond > 0 ? [...faults, `the page is ${beyond} px wider than the window`] : faults
}
