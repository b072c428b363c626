import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChromium } from '../test/browser/harness/chromium.ts'
import { screens } from '../test/browser/harness/visitor.ts'

const folder = fileURLToPath(new URL('../docs/screens/', import.meta.url))

/** By what the pictures' names end with: how wide each is drawn, and how many stand in a row. */
const sheets = [
  { look: 'desktop-light', width: 320, columns: 5 },
  { look: 'desktop-dark', width: 320, columns: 5 },
  { look: 'tablet-light', width: 192, columns: 8 },
  { look: 'tablet-dark', width: 192, columns: 8 },
  { look: 'phone-light', width: 144, columns: 11 },
  { look: 'phone-dark', width: 144, columns: 11 },
] as const
/** Of WebP, of 100: text stays readable. */
const quality = 55

/** Draws all pictures of a look beside each other into docs/screens/<look>.webp. The browser draws and packs them. */
export async function writeContactSheets(): Promise<void> {
  const { browser, missing } = await startChromium()
  if (!browser) throw new Error(missing)
  mkdirSync(folder, { recursive: true })
  const context = await browser.newContext()
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  for (const { look, width, columns } of sheets) {
    const names = readdirSync(screens).filter((name) => name.endsWith(`-${look}.png`))
    await page.setViewportSize({ width: columns * (width + 8) + 8, height: 100 })
    await page.setContent(sheetOf(names.toSorted(), look, width))
    await page.waitForFunction('[...document.images].every((image) => image.complete)')
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality, captureBeyondViewport: true })
    const bytes = Buffer.from(data, 'base64')
    writeFileSync(join(folder, `${look}.webp`), bytes)
    console.log(`docs/screens/${look}.webp: ${names.length} pictures, ${Math.round(bytes.length / 1024)} KB`)
  }
  await browser.close()
}

function sheetOf(names: readonly string[], look: string, width: number): string {
  const figures = names.map((name) => {
    const source = `data:image/png;base64,${readFileSync(join(screens, name), 'base64')}`
    return `<figure><img src="${source}" width="${width}"><figcaption>${name.slice(0, -`-${look}.png`.length)}</figcaption></figure>`
  })
  const style = `
    body { display: flex; flex-wrap: wrap; align-items: end; gap: 8px; margin: 8px; background: #77726a; }
    figure { width: ${width}px; margin: 0; }
    img { display: block; }
    figcaption { overflow: hidden; font: 11px sans-serif; color: #fff; white-space: nowrap; }`
  return `<!doctype html><style>${style}</style>${figures.join('')}`
}
