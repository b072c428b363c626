import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import { imageWithPlace, mp4, tone } from '../../packages/server/src/platform/media/testing/samples.ts'
import { startServer } from '../harness/server.ts'
import { memberOf, sendCarrying } from './harness/carried.ts'
import { composer, createRoom, say } from './harness/steps.ts'
import { openBrowsers, type Visitor, type VisitorOptions } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('files of messages', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  /** Ann looks at a room in which Ben, who has no browser, sends files. */
  async function roomWith(t: TestContext, options?: VisitorOptions) {
    const ann = await browsers.visitor(t, server.url, options)
    await createRoom(ann, 'Pictures', { as: 'Ann' })
    await composer(ann).waitFor()
    const room_id = new URL(ann.page.url()).pathname.slice('/r/'.length)
    return { ann, room_id, ben: await memberOf(server.url, room_id, 'Ben') }
  }

  it('[MF1] [MF2] [MF5] a message shows what it carries, in places that do not change; what is gone says so', async (t) => {
    const { ann, ben, room_id } = await roomWith(t)
    const arrival = Promise.withResolvers<void>()
    await ann.page.route('**/api/files/**', async (route) => {
      await arrival.promise
      await route.continue()
    })
    await sendCarrying(server.url, ben, room_id, [
      { name: 'hill.jpg', bytes: await imageWithPlace({ width: 400, height: 300 }), alt: 'A hill' },
      { name: 'notes.txt', bytes: 'Some notes' },
      { name: 'bell.wav', bytes: tone(1) },
      { name: 'clip.mp4', bytes: await mp4() },
    ])
    const picture = ann.the('img', 'A hill')
    await picture.waitFor()
    const place = ann.page.locator('.message-files')
    const before = await place.boundingBox()
    arrival.resolve()
    await picture.evaluate((image) => (image instanceof HTMLImageElement ? image.decode() : undefined))
    assert.deepEqual((await place.boundingBox())?.height, before?.height)
    const download = ann.page.waitForEvent('download')
    await ann.page.getByRole('link', { name: /notes\.txt/ }).click()
    assert.equal((await download).suggestedFilename(), 'notes.txt')
    await ann.page.unroute('**/api/files/**')
    await ann.page.route('**/api/files/**', (route) => route.fulfill({ status: 404 }))
    await ann.page.reload()
    await ann.page.getByRole('link', { name: /notes\.txt/ }).click()
    await ann.the('button', ann.t('player.play')).click()
    const gone = ann.page.getByText(ann.t('file.gone'))
    await gone.nth(3).waitFor()
    assert.equal(await gone.count(), 4)
  })

  /** Three pictures in two messages; resolves when they are shown. */
  async function withPictures(t: TestContext, options?: VisitorOptions) {
    const room = await roomWith(t, options)
    const picture = async (alt: string, width: number, height: number) => {
      return { name: `${alt}.jpg`, bytes: await imageWithPlace({ width, height }), alt }
    }
    const { ann, ben, room_id } = room
    await sendCarrying(
      server.url,
      ben,
      room_id,
      [await picture('Hill', 800, 600), await picture('Lake', 300, 600)],
      'One',
    )
    await sendCarrying(server.url, ben, room_id, [await picture('Road', 700, 300)], 'Two')
    await ann.the('img', 'Road').waitFor()
    return room
  }

  const viewer = ({ the, t }: Visitor) => the('dialog', t('viewer.title'))
  const shown = (visitor: Visitor) => viewer(visitor).getByRole('img')
  /** How many times the picture is enlarged. */
  const scale = (visitor: Visitor) =>
    shown(visitor).evaluate((image) => image.getBoundingClientRect().width / Math.max(1, image.clientWidth))

  it('[MF4] pictures that share a line have the same height and fill it', async (t) => {
    const { ann } = await withPictures(t)
    const [hill, lake, road] = await Promise.all(
      ['Hill', 'Lake', 'Road'].map((name) => ann.the('img', name).boundingBox()),
    )
    assert.ok(hill && lake && road)
    assert.ok(Math.abs(hill.height - lake.height) < 1 && Math.abs(hill.y - lake.y) < 1)
    assert.ok(hill.width > 2 * lake.width && Math.abs(lake.x + lake.width - hill.x - 360) < 1)
    assert.ok(Math.abs(road.width / road.height - 700 / 300) < 0.02)
  })

  it('[VW1] [VW2] the viewer goes through the pictures of the room, and gives the focus back; it closes when the user changes', async (t) => {
    const { ann } = await withPictures(t)
    const { page, the } = ann
    const url = page.url()
    await the('link', 'Lake').click()
    await shown(ann).and(page.getByAltText('Lake')).waitFor()
    for (const text of ['Ben', '2 of 3']) await viewer(ann).getByText(text, { exact: true }).waitFor()
    await page.keyboard.press('ArrowRight')
    await shown(ann).and(page.getByAltText('Road')).waitFor()
    await page.keyboard.press('ArrowRight')
    await the('button', ann.t('viewer.previous')).click()
    await the('button', ann.t('viewer.previous')).click()
    await shown(ann).and(page.getByAltText('Hill')).waitFor()
    for (let times = 0; times < 12; times++) await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement?.closest('.viewer, body')?.className), 'viewer')
    const download = page.waitForEvent('download')
    await viewer(ann)
      .getByRole('link', { name: ann.t('file.download') })
      .click()
    assert.equal((await download).suggestedFilename(), 'Hill.jpg')
    assert.equal(page.url(), url)
    await page.keyboard.press('Escape')
    await viewer(ann).waitFor({ state: 'detached' })
    assert.equal(await the('link', 'Lake').evaluate((link) => link === document.activeElement), true)
    await page.keyboard.press('Enter')
    await viewer(ann).waitFor()
    await page.goBack()
    await viewer(ann).waitFor({ state: 'detached' })
    await say(ann, 'Still here')
    assert.equal(page.url(), url)

    await the('link', 'Lake').click()
    await viewer(ann).waitFor()
    const other = await ann.context.newPage()
    await other.goto('/')
    await other.evaluate(() => {
      for (const key of Object.keys(localStorage)) if (key.endsWith('session')) localStorage.removeItem(key)
    })
    await viewer(ann).waitFor({ state: 'detached' })
    await the('textbox', ann.t('name.label')).waitFor()
  })

  it('[VW3] a picture is enlarged and moved by wheel, keys and buttons', async (t) => {
    const { ann } = await withPictures(t)
    const { page, the } = ann
    await the('link', 'Hill').click()
    await shown(ann).waitFor()
    await page.mouse.move(500, 400)
    await page.mouse.wheel(0, -400)
    await page.waitForFunction(() => {
      const image = document.querySelector('.viewer-picture img')
      return image !== null && image.getBoundingClientRect().width > 2 * image.clientWidth
    })
    await page.keyboard.press('ArrowRight')
    await shown(ann).and(page.getByAltText('Hill')).waitFor()
    await page.keyboard.press('0')
    await page.waitForFunction(() => {
      const image = document.querySelector('.viewer-picture img')
      return image !== null && image.getBoundingClientRect().width < 1.01 * image.clientWidth
    })
    await the('button', ann.t('viewer.zoom_in')).click()
    await page.keyboard.press('+')
    await page.waitForFunction(() => {
      const image = document.querySelector('.viewer-picture img')
      return image !== null && image.getBoundingClientRect().width > 2.2 * image.clientWidth
    })
    assert.ok((await scale(ann)) < 2.3)
  })

  it('[VW1] [VW3] [VW4] by touch: swipes, a double tap, two fingers, a swipe down', async (t) => {
    const { ann } = await withPictures(t, { isPhone: true })
    const { cdp, page, the } = ann
    type Touch = { x: number; y: number; id?: number }
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Touch[]) =>
      cdp.send('Input.dispatchTouchEvent', { type, touchPoints })
    const swipe = async (from: Touch, to: Touch) => {
      await touch('touchStart', [from])
      await touch('touchMove', [{ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }])
      await touch('touchMove', [to])
      await touch('touchEnd', [])
    }
    await the('link', 'Hill').tap()
    await shown(ann).and(page.getByAltText('Hill')).waitFor()
    await swipe({ x: 300, y: 400 }, { x: 60, y: 410 })
    await shown(ann).and(page.getByAltText('Lake')).waitFor()
    await swipe({ x: 60, y: 400 }, { x: 300, y: 410 })
    await shown(ann).and(page.getByAltText('Hill')).waitFor()
    for (let taps = 0; taps < 2; taps++) await page.touchscreen.tap(200, 400)
    await page.waitForFunction(() => document.querySelector('.viewer-stage')?.hasAttribute('data-enlarged'))
    await swipe({ x: 300, y: 400 }, { x: 60, y: 410 })
    await shown(ann).and(page.getByAltText('Hill')).waitFor()
    await touch('touchStart', [
      { x: 60, y: 400, id: 0 },
      { x: 330, y: 400, id: 1 },
    ])
    await touch('touchMove', [
      { x: 190, y: 400, id: 0 },
      { x: 200, y: 400, id: 1 },
    ])
    await touch('touchEnd', [])
    await page.waitForFunction(() => !document.querySelector('.viewer-stage')?.hasAttribute('data-enlarged'))
    await swipe({ x: 200, y: 300 }, { x: 205, y: 600 })
    await viewer(ann).waitFor({ state: 'detached' })
  })

  it('[MF5] a link that has expired is replaced, and what is gone says so, in the viewer too', async (t) => {
    const { ann } = await withPictures(t)
    const { page, the } = ann
    let refused = 0
    const allRefused = Promise.withResolvers<void>()
    // As if the links of this page were those of another day.
    await page.route('**/api/files/**', async (route) => {
      if (route.request().url().includes('renewed')) return route.fallback()
      await route.fulfill({ status: 404 })
      refused += 1
      if (refused === 3) allRefused.resolve()
    })
    await page.route('**/api/rooms/*/messages?*', async (route) => {
      await allRefused.promise
      const answer = await route.fetch()
      await route.fulfill({
        response: answer,
        body: (await answer.text()).replaceAll(/(api\/files\/[^"?]*\?)/g, '$1renewed&'),
      })
    })
    let reads = 0
    page.on('request', (request) => {
      if (/\/messages\?/.test(request.url())) reads += 1
    })
    await page.reload()
    await page.waitForFunction(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>('.picture img')]
      return images.length === 3 && images.every(({ src, naturalWidth }) => src.includes('renewed') && naturalWidth > 0)
    })
    assert.ok(refused >= 3)
    assert.equal(reads, 2, 'each message is read once')
    await page.unroute('**/api/rooms/*/messages?*')
    await the('link', 'Road').click()
    await viewer(ann).getByText(ann.t('file.gone')).waitFor()
  })

  it('[PL1] [PL2] [PL3] [PL4] sound plays one at a time, by keyboard, at three rates, with a link that is replaced', async (t) => {
    const { ann, ben, room_id } = await roomWith(t)
    const { page, the } = ann
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const sound = (seconds: number, alt: string) => ({ name: `${alt}.wav`, bytes: tone(seconds), alt })
    await sendCarrying(server.url, ben, room_id, [sound(20, 'Bells')])
    await sendCarrying(server.url, ben, room_id, [sound(30, 'Rain')])
    const player = (name: string) => the('group', name)
    const button = (name: string, text: 'player.play' | 'player.pause') =>
      player(name).getByRole('button', { name: ann.t(text), exact: true })
    await player('Rain').waitFor()
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/api/files/')),
      [],
    )
    await button('Bells', 'player.play').click()
    await button('Bells', 'player.pause').waitFor()
    await button('Rain', 'player.play').click()
    await button('Rain', 'player.pause').waitFor()
    await button('Bells', 'player.play').waitFor()

    const position = player('Rain').getByRole('slider')
    await position.focus()
    await position.press('ArrowRight')
    await position.press('End')
    await button('Rain', 'player.play').waitFor()
    assert.match((await position.getAttribute('aria-valuetext')) ?? '', /^0:30 of 0:30$|^0:29 of 0:30$/)
    const rate = player('Rain').getByRole('button', { name: /Speed/ })
    for (const expected of ['1.5', '2', '1', '1.5']) {
      await rate.click()
      await player('Rain')
        .getByRole('button', { name: ann.t('player.rate', { rate: expected }) })
        .waitFor()
    }

    // As if the link had expired since the message came.
    let refused = 0
    await page.route('**/api/files/**', async (route) => {
      if (route.request().url().includes('renewed')) return route.fallback()
      refused += 1
      await route.fulfill({ status: 404 })
    })
    await page.route('**/api/rooms/*/messages?*', async (route) => {
      const answer = await route.fetch()
      const text = (await answer.text()).replaceAll(/(api\/files\/[^"?]*\?)/g, '$1renewed&')
      await route.fulfill({ response: answer, body: text })
    })
    await button('Bells', 'player.play').click()
    await button('Bells', 'player.pause').waitFor()
    await page.waitForFunction(() => {
      const audio = document.querySelector('audio')
      return (
        audio?.src.includes('renewed') === true && !audio.paused && audio.currentTime > 0 && audio.playbackRate === 1.5
      )
    })
    assert.ok(refused > 0)
    // The message is rendered anew, and the sound goes on.
    await page.setViewportSize({ width: 500, height: 700 })
    await say(ann, 'Listen')
    assert.equal(await page.evaluate(() => document.querySelector('audio')?.paused), false)
    await the('link', ann.t('app.home')).first().click()
    await the('heading', ann.t('landing.mine')).waitFor()
    assert.equal(await page.evaluate(() => document.querySelectorAll('audio').length), 0)
  })

  it('[FT1] [FT2] the files of a room are listed by kind, and those that come while the list is open', async (t) => {
    const { ann, ben, room_id } = await withPictures(t)
    const { page, the } = ann
    await page.getByRole('button', { name: ann.t('people.title') }).click()
    await the('tab', ann.t('people.title')).press('ArrowRight')
    const panel = the('complementary', ann.t('files.title'))
    const pictures = panel.getByRole('img')
    await pictures.nth(2).waitFor()
    const alts = () => pictures.evaluateAll((all) => all.map((image) => image.getAttribute('alt')))
    assert.deepEqual(await alts(), ['Road', 'Hill', 'Lake'])
    await sendCarrying(server.url, ben, room_id, [
      { name: 'sea.jpg', bytes: await imageWithPlace({ width: 90, height: 90 }), alt: 'Sea' },
      { name: 'notes.txt', bytes: 'Some notes' },
    ])
    await panel.getByRole('img', { name: 'Sea' }).waitFor()
    assert.deepEqual(await alts(), ['Sea', 'Road', 'Hill', 'Lake'])
    await panel.getByRole('link', { name: 'Hill' }).click()
    await viewer(ann).getByText('1 of 4', { exact: true }).waitFor()
    await page.keyboard.press('ArrowRight')
    await shown(ann).and(page.getByAltText('Lake')).waitFor()
    await page.keyboard.press('Escape')
    await viewer(ann).waitFor({ state: 'detached' })
    assert.equal(
      await panel.getByRole('link', { name: 'Hill' }).evaluate((link) => link === document.activeElement),
      true,
    )
    await panel.getByRole('button', { name: ann.t('files.file'), exact: true }).click()
    await panel.getByRole('link', { name: /notes\.txt/ }).waitFor()
    await panel.getByRole('button', { name: ann.t('files.audio'), exact: true }).click()
    await panel.getByText(ann.t('files.no_audio')).waitFor()
  })

  it('[FT1] a list of many files is read in pages', async (t) => {
    const { ann, ben, room_id } = await roomWith(t)
    const { page, the } = ann
    for (let at = 0; at < 33; at++)
      await sendCarrying(server.url, ben, room_id, [{ name: `${at}.txt`, bytes: `${at}` }])
    await page.getByRole('button', { name: ann.t('people.title') }).click()
    await the('tab', ann.t('files.title')).click()
    const panel = the('complementary', ann.t('files.title'))
    await panel.getByRole('button', { name: ann.t('files.file'), exact: true }).click()
    await panel.getByRole('link', { name: /^Download 3\.txt/ }).waitFor()
    assert.equal(await panel.getByRole('link').count(), 30)
    await panel.getByRole('button', { name: ann.t('ui.more'), exact: true }).click()
    await panel.getByRole('link', { name: /^Download 0\.txt/ }).waitFor()
    assert.equal(await panel.getByRole('link').count(), 33)
    assert.equal(await panel.getByRole('button', { name: ann.t('ui.more'), exact: true }).count(), 0)
  })
})
