import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Page, Response } from 'playwright-core'
import { en as enFirst } from '../../packages/web/src/texts/en.ts'
import { enRest } from '../../packages/web/src/texts/en-rest.ts'
import { es as esFirst } from '../../packages/web/src/texts/es.ts'
import { esRest } from '../../packages/web/src/texts/es-rest.ts'
import { startPathProxy } from '../harness/proxies/path-proxy.ts'
import { startServer } from '../harness/server.ts'
import { smallImage } from '../../packages/server/src/platform/media/testing/samples.ts'
import { memberOf, sendCarrying } from './harness/carried.ts'
import { comeIn, composer, createRoom, enter, say, sees } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()
const en = { ...enFirst, ...enRest }
const es = { ...esFirst, ...esRest }

describe('pages', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('[W7] a room loads at most 72 KB of packed script, with the landing page 75 KB, all from this server', async (t) => {
    const visitor = await browsers.visitor(t, server.url)
    const { page, the, t: text } = visitor
    const scripts = new Map<string, number>()
    const hosts = new Set<string>()
    await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
    const count = (response: Response) => {
      hosts.add(new URL(response.url()).origin)
      const headers = response.headers()
      if (headers['content-type']?.startsWith('text/javascript'))
        scripts.set(response.url(), Number(headers['content-length']))
    }
    page.on('response', count)
    await page.goto('/', { waitUntil: 'networkidle' })
    await the('heading', text('landing.heading')).waitFor()
    const landing = bytesOf(scripts)
    await createRoom(visitor, 'Choir', { as: 'Ann' })
    await composer(visitor).waitFor()
    const all = bytesOf(scripts)
    t.diagnostic(`${(landing / 1000).toFixed(1)} KB, ${(all / 1000).toFixed(1)} KB with a room`)
    assert.deepEqual([...hosts], [server.url])
    assert.ok(landing > 0 && landing <= 54_000, `${landing} bytes`)
    assert.ok(all <= 75_000, `${all} bytes with a room`)
    scripts.clear()
    const guest = await browsers.visitor(t, server.url)
    await guest.page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
    guest.page.on('response', count)
    await enter(guest, page.url(), 'Ben')
    await composer(guest).waitFor()
    const byLink = bytesOf(scripts)
    t.diagnostic(`${(byLink / 1000).toFixed(1)} KB for a room by its link`)
    assert.ok(byLink > 0 && byLink <= 72_000, `${byLink} bytes for a room by its link`)
  })

  it('[W11] two faces of at most 40 KB come from this server for good, and move nothing when they come', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page } = ann
    const faces = new Map<string, number>()
    page.on('response', (response) => {
      if (!response.url().endsWith('.woff2')) return
      assert.equal(response.headers()['cache-control'], 'public, max-age=31536000, immutable')
      faces.set(response.url(), Number(response.headers()['content-length']))
    })
    await createRoom(ann, 'Choir', { as: 'Ann' })
    await say(ann, 'The table is laid for nine, and there is a box for whoever comes late.')
    const held = Promise.withResolvers<void>()
    await page.route('**/*.woff2', async (route) => {
      await held.promise
      await route.continue()
    })
    // Faces hold the load event back.
    await page.reload({ waitUntil: 'commit' })
    await sees(ann, /^The table is laid/)
    const parts = ['.room-head h1', '.message-text', '.beginning h2', 'form textarea', '[type=submit]']
    const places = () =>
      page.evaluate(
        (selectors) =>
          selectors.map((selector) => {
            const { top, height } = document.querySelector(selector)?.getBoundingClientRect() ?? { top: -1, height: -1 }
            return { selector, top, height }
          }),
        parts,
      )
    const before = await places()
    assert.equal(await page.evaluate(() => document.fonts.check('15px Figtree', 'a')), false)
    held.resolve()
    await page.waitForFunction(
      () => document.fonts.check('15px Figtree', 'a') && document.fonts.check('500 22px Fraunces', 'a'),
    )
    assert.deepEqual(await places(), before)
    const bytes = bytesOf(faces)
    t.diagnostic(`${faces.size} faces, ${(bytes / 1000).toFixed(1)} KB`)
    assert.ok(faces.size === 2 && bytes > 0 && bytes <= 40_000, `${bytes} bytes`)
  })

  it('a Spanish browser gets every page in Spanish, and the lang attribute says so', async (t) => {
    const visitor = await browsers.visitor(t, server.url, { locale: 'es-ES' })
    const { page, the, t: text } = visitor
    const leftovers: string[] = []
    const look = async (path: string) => leftovers.push(...(await englishIn(page)).map((line) => `${path}: ${line}`))
    await page.goto('/')
    await the('link', new RegExp(text('landing.lobby'))).waitFor()
    assert.equal(await page.getAttribute('html', 'lang'), 'es')
    await look('/')
    await page.goto('/r/nowhere')
    await the('heading', text('page.not_found')).waitFor()
    await look('/r/nowhere')
    await comeIn(visitor, 'Ana')
    for (const path of ['/', '/account']) {
      await page.goto(path)
      await the('heading', text(path === '/' ? 'landing.mine' : 'account.title')).waitFor()
      await look(path)
    }
    assert.deepEqual(leftovers, [])
  })

  it('a browser that reports a POSIX locale name gets the app', async (t) => {
    const visitor = await browsers.visitor(t, server.url)
    await visitor.page.addInitScript(() => {
      Object.defineProperty(navigator, 'languages', { get: () => ['en-US@posix'] })
    })
    await visitor.page.goto('/')
    await visitor.the('heading', visitor.t('landing.heading')).waitFor()
  })

  it('[W4] a browser without newer APIs shows and sends messages with links', async (t) => {
    const visitor = await browsers.visitor(t, server.url)
    await visitor.page.addInitScript(() => {
      const missing: [object, string[]][] = [
        [URL, ['parse']],
        [Promise, ['withResolvers', 'try']],
        [Intl, ['Segmenter']],
        [Symbol, ['dispose', 'asyncDispose']],
        [globalThis, ['Iterator']],
      ]
      for (const [of, names] of missing) for (const name of names) Reflect.deleteProperty(of, name)
    })
    await createRoom(visitor, 'Choir', { as: 'Ann' })
    await say(visitor, 'See https://example.org/score')
    await visitor.the('link', 'https://example.org/score').waitFor()
    await visitor.page.goto('/')
    await visitor.the('textbox', visitor.t('landing.join_label')).fill(`${server.url}/r/lobby`)
    await visitor.the('button', visitor.t('landing.join_button')).click()
    await composer(visitor).waitFor()
  })

  it('theme and language apply at once and survive a reload', async (t) => {
    const { page, the, t: text } = await browsers.visitor(t, server.url, { colorScheme: 'light' })
    await page.goto('/account')
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await paper()
    await the('radio', text('account.theme_dark')).check()
    const dark = await paper()
    assert.notEqual(dark, light)
    await the('combobox', text('account.language')).selectOption('Español')
    await the('heading', es['auth.sign_in']).waitFor()
    await page.reload()
    await the('heading', es['auth.sign_in']).waitFor()
    assert.equal(await paper(), dark)
  })
})

describe('served under a path', { skip: browsers.missing }, () => {
  for (const strips of [true, false])
    it(`[B1] rooms work behind a proxy that ${strips ? 'strips' : 'keeps'} the path`, async (t) => {
      const proxy = await startPathProxy('/our/parlor', strips)
      const server = await startServer({ env: { PUBLIC_URL: `${proxy.url}/our/parlor` } })
      proxy.to(server.port)
      const home = `${proxy.url}/our/parlor/`
      const visitor = await browsers.visitor(t, proxy.url)
      // Behind the visitor, whose page may still be loading something when the test is over.
      t.after(async () => {
        await server[Symbol.asyncDispose]()
        await proxy[Symbol.asyncDispose]()
      })
      const { page, the, t: text } = visitor
      await page.goto(home)
      await the('textbox', text('landing.room_name')).fill('Choir')
      await the('radio', text('landing.access_public')).check()
      await the('button', text('landing.create_button')).click()
      await the('textbox', text('name.label')).fill('Ann')
      await the('button', text('landing.create_button')).click()
      await page.waitForURL(`${home}r/*`)
      await composer(visitor).fill('hello')
      await composer(visitor).press('Enter')
      await page.getByText('hello', { exact: true }).first().waitFor()
      const room = page.url()
      const room_id = new URL(room).pathname.split('/').at(-1) ?? ''
      const ben = await memberOf(server.url, room_id, 'Ben')
      await sendCarrying(server.url, ben, room_id, [{ name: 'a.png', bytes: await smallImage('png'), alt: 'A dot' }])
      await page.reload()
      const isLoaded = (picture: Element) => picture instanceof HTMLImageElement && picture.decode().then(() => true)
      assert.equal(await the('img', 'A dot').evaluate(isLoaded), true, '[MF3]')
      await page.getByText('hello', { exact: true }).first().waitFor()
      await the('link', text('app.home')).first().click()
      await page.waitForURL(home)
      await the('link', /Choir/).first().click()
      await page.waitForURL(room)
      await page.goto(`${home}account`)
      await the('heading', text('account.title')).waitFor()
      assert.equal(await page.getAttribute('link[rel=icon]', 'href'), '/our/parlor/icon.svg')
    })
})

const bytesOf = (sizes: ReadonlyMap<string, number>) => [...sizes.values()].reduce((sum, size) => sum + size, 0)

/** Lines of the page that are the catalogue's English and not its Spanish. */
async function englishIn(page: Page): Promise<string[]> {
  const spanish = new Set<unknown>(Object.values(es).filter((text) => typeof text === 'string'))
  const english = new Set<string>(
    Object.values(en)
      .filter((text) => typeof text === 'string')
      .filter((text) => !spanish.has(text)),
  )
  const lines = (await page.locator('body').innerText()).split('\n').map((line) => line.trim())
  return lines.filter((line) => english.has(line))
}
