import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { composer, createRoom } from './harness/steps.ts'
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
})

const people = ({ page, t }: Visitor) => page.getByRole('button', { name: t('people.title') })
