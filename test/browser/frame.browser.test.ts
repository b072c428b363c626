import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { composer, createRoom, createRoomByForm } from './harness/steps.ts'
import { desktop, openBrowsers, phone, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

const medium = { width: 1000, height: 800 }
const low = { width: 844, height: 390 }

describe('the frame of a room', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('[W9] [FR2] a reload, Back and a change of width keep the panel that is open', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await createRoom(ann, 'Choir', { as: 'Ann' })
    await composer(ann).waitFor()
    const room = page.url()
    const [column, sheet] = (['complementary', 'dialog'] as const).map((role) => the(role, text('people.title')))
    assert.ok(column && sheet)
    await people(ann).click()
    await column.waitFor()
    assert.equal(page.url(), `${room}?panel=people`)
    await page.reload()
    await column.waitFor()
    await the('link', text('app.home')).click()
    await the('heading', text('landing.mine')).waitFor()
    await page.goBack()
    await column.waitFor()
    await page.setViewportSize(phone)
    await sheet.waitFor()
    await page.reload()
    await sheet.waitFor()
    await page.setViewportSize(desktop)
    await column.waitFor()
    await page.setViewportSize(phone)
    await sheet.waitFor()
    await page.goBack()
    await sheet.waitFor({ state: 'detached' })
    assert.equal(page.url(), room)
    await page.setViewportSize(desktop)
    await people(ann).click()
    await the('tab', text('files.title')).click()
    assert.equal(page.url(), `${room}?panel=files`)
    await page.keyboard.press('Escape')
    await the('tab', text('files.title')).waitFor({ state: 'detached' })
    assert.equal(page.url(), room)
    assert.equal(await page.evaluate(() => history.state), null)
  })

  it('[FR1] [FR3] the panel stands beside the conversation where there is room, and else over it', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await createRoom(ann, 'Choir', { as: 'Ann' })
    await people(ann).click()
    for (const [size, isBeside] of [
      [desktop, true],
      [medium, false],
      [phone, false],
      [low, false],
    ] as const) {
      await page.setViewportSize(size)
      const panel = the(isBeside ? 'complementary' : 'dialog', text('people.title'))
      await panel.waitFor()
      const [log, box] = [await page.getByRole('log', { includeHidden: true }).boundingBox(), await panel.boundingBox()]
      assert.ok(log && box)
      const overlap = log.x + log.width - box.x
      assert.ok(isBeside ? overlap <= 1 : overlap > 100, `${size.width} px wide: they overlap by ${overlap} px`)
    }
  })

  it('[SH1] [SH2] [SH10] the rail and the rooms stand where there is room, and take nothing from what is typed', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await createRoom(ann, 'Kitchen', { as: 'Ann' })
    await createRoomByForm(ann, 'Choir')
    await composer(ann).fill('A draft of mine')
    const field = await composer(ann).elementHandle()
    const rooms = the('navigation', text('rail.rooms'))
    const drawer = the('button', text('rail.rooms'))
    const home = the('link', text('app.home'))
    for (const [size, has] of [
      [desktop, { column: true, drawer: false }],
      [medium, { column: false, drawer: true }],
      [phone, { column: false, drawer: false }],
      [low, { column: false, drawer: false }],
      [desktop, { column: true, drawer: false }],
    ] as const) {
      await page.setViewportSize(size)
      await rooms.waitFor({ state: has.column ? 'visible' : 'detached' })
      await drawer.waitFor({ state: has.drawer ? 'visible' : 'detached' })
      assert.equal(await home.filter({ visible: true }).count(), 1, 'one way home')
      assert.ok(await composer(ann).evaluate((now, then) => now === then && now === document.activeElement, field))
    }
    await rooms.getByRole('link', { name: /Choir/ }).waitFor()
    await rooms.getByRole('link', { name: /Kitchen/ }).click()
    await isIn(ann, 'Kitchen')
    await page.setViewportSize(medium)
    await drawer.click()
    await the('dialog').getByRole('link', { name: /Choir/ }).click()
    await isIn(ann, 'Choir')
    await the('dialog').waitFor({ state: 'detached' })
    // From the drawer as from the column; a name that is missing is said in place.
    await drawer.click()
    await newRoom(ann, 'Garden')
    await page.setViewportSize(desktop)
    await newRoom(ann, 'Harbour')
    // The pointer is in the column, where nothing else moves.
    await rooms.getByRole('link', { name: /Harbour/ }).waitFor()
    await page.goBack()
    await isIn(ann, 'Garden')
    await page.setViewportSize(medium)
    await page.goBack()
    await isIn(ann, 'Choir')
    assert.equal(await composer(ann).inputValue(), 'A draft of mine')
    await page.goBack()
    await isIn(ann, 'Kitchen')
    await page.setViewportSize(phone)
    await home.filter({ visible: true }).click()
    await the('link', text('app.home')).waitFor()
    await the('link', /^Ann/).waitFor()
    await page.goto('/r/nowhere')
    await page.locator('.gate h1').waitFor()
    await home.filter({ visible: true }).click()
    await the('heading', text('landing.mine')).waitFor()
  })
})

/** Waits until the page is that of the room. */
const isIn = ({ page }: Visitor, name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()

/** Creates a room from the head of the rooms. */
async function newRoom(ann: Visitor, name: string): Promise<void> {
  const { page, the, t } = ann
  await the('button', t('landing.create')).click()
  const form = the('dialog', t('landing.create'))
  await form.getByRole('textbox', { name: t('landing.room_name') }).press('Enter')
  await form.getByText(t('landing.room_name_missing')).waitFor()
  // It outlives the column and the drawer.
  const size = page.viewportSize() ?? desktop
  for (const each of [phone, size]) await page.setViewportSize(each)
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await isIn(ann, name)
  await the('dialog').waitFor({ state: 'detached' })
}

const people = ({ page, t }: Visitor) => page.getByRole('button', { name: t('people.title') })
