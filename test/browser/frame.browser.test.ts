import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { chat } from '../../packages/web/src/activities/chat/activity.ts'
import { polls } from '../../packages/web/src/activities/polls/activity.ts'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { composer, createRoom, createRoomByForm, say } from './harness/steps.ts'
import { desktop, openBrowsers, phone, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

const medium = { width: 1000, height: 800 }
const low = { width: 844, height: 390 }
/** The smallest phone, and a window of 1280 x 1024 px at 400 %. */
const small = { width: 320, height: 640 }
const enlarged = { width: 320, height: 256 }

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

  it('[FR1] every part fits the smallest phone, one on its side, 400 %, right-to-left and forced colours', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await createRoom(ann, 'Choir of the long name that no window has room for', { as: 'Ann' })
    await say(ann, 'A-word-that-is-longer-than-any-line-of-the-window-can-ever-be-without-a-break')
    const faults: string[] = []
    const look = async (part: string) => {
      for (const size of [desktop, medium, low, small, enlarged]) {
        await page.setViewportSize(size)
        for (const dir of ['ltr', 'rtl'])
          faults.push(
            ...(await outside(page, dir)).map((each) => `${part}, ${size.width} x ${size.height}, ${dir}: ${each}`),
          )
      }
      await page.emulateMedia({ forcedColors: 'active' })
      faults.push(...(await accessibilityFaults(page)).map((each) => `${part}, forced colours: ${each}`))
      await page.emulateMedia({ forcedColors: 'none' })
      await page.setViewportSize(desktop)
      await outside(page, 'ltr')
    }
    await look('room')
    await page.setViewportSize(enlarged)
    const [log, field] = [await the('log').boundingBox(), await composer(ann).boundingBox()]
    assert.ok(log && field && log.height >= 44 && field.y + field.height <= enlarged.height, 'one reads and writes')
    await page.setViewportSize(desktop)
    await people(ann).click()
    await the('tab', text('people.title')).waitFor()
    await look('panel')
    await page.keyboard.press('Control+K')
    await the('option').first().waitFor()
    await look('palette')
    await page.keyboard.press('Escape')
    await page.goto('/')
    await the('heading', text('landing.mine')).waitFor()
    await look('home')
    assert.deepEqual(faults, [])
  })

  it('[SH10] the keyboard alone comes to every part of the frame, and what has the focus is in sight', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await createRoom(ann, 'Choir', { as: 'Ann' })
    await composer(ann).and(page.locator(':focus')).waitFor()
    await people(ann).focus()
    await page.keyboard.press('Enter')
    await the('tab', text('people.title')).waitFor()
    await page.evaluate(() => document.querySelector<HTMLElement>('.rail a')?.focus())
    const rows = ['.room-row', '.rooms-column li', '.rooms-head']
    const ways = ['.rail', ...rows, '.activity-switch', '.room-head', '[role=tab]', '.side-panel', '#composer']
    const parts = new Set<string>()
    for (let presses = 0; presses < 60 && !ways.every((part) => parts.has(part)); presses++) {
      const { part, isSeen, name } = await page.evaluate((all) => {
        const focused = document.activeElement
        const { left, top, width, height } = focused?.getBoundingClientRect() ?? new DOMRect()
        const front = document.elementFromPoint(left + width / 2, top + height / 2)
        const part = all.find((each) => focused?.closest(each)) ?? ''
        return {
          part,
          isSeen:
            focused === document.body || (front !== null && (focused?.contains(front) || front.contains(focused))),
          name: focused?.outerHTML.slice(0, 200),
        }
      }, ways)
      assert.ok(isSeen, name)
      parts.add(part)
      await page.keyboard.press('Tab')
    }
    assert.deepEqual([...parts].filter((part) => part !== '').toSorted(), ways.toSorted())
    await the('tab', text('people.title')).focus()
    await page.keyboard.press('ArrowRight')
    await the('tab', text('files.title')).and(page.locator('[aria-selected=true]')).waitFor()
  })

  it('fingers alone come to every part of the frame', async (t) => {
    const ann = await browsers.visitor(t, server.url, { viewport: phone, isPhone: true })
    const { page, the, t: text } = ann
    await createRoom(ann, 'Choir', { as: 'Ann' })
    await composer(ann).fill('Hello')
    await the('button', text('composer.send')).tap()
    await the('article').tap()
    await the('button', text('message.reply_to', { name: 'Ann' })).tap()
    await the('button', text('composer.cancel_reply')).tap()
    await the('link', polls.label.en).tap()
    await the('link', chat.label.en).tap()
    await composer(ann).waitFor()
    await people(ann).tap()
    await the('tab', text('files.title')).tap()
    await the('tab', text('files.title')).and(page.locator('[aria-selected=true]')).waitFor()
    await the('button', text('ui.close')).tap()
    await the('dialog').waitFor({ state: 'detached' })
    await the('link', text('app.home')).filter({ visible: true }).tap()
    await the('button', text('rail.search')).tap()
    await the('option', /Choir/).tap()
    await isIn(ann, 'Choir')
  })
})

/** Turns the page, and names the buttons, links and fields that reach over an edge of the window at the side. */
const outside = (page: Visitor['page'], dir: string): Promise<string[]> =>
  page.evaluate((to) => {
    document.documentElement.dir = to
    const beyond = document.documentElement.scrollWidth - innerWidth
    const controls = [...document.querySelectorAll<HTMLElement>('a, button, input, textarea, [role=option], h1, h2')]
    const cut = controls.filter((control) => {
      const { left, right, width, height } = control.getBoundingClientRect()
      // What scrolls sideways by itself is reached, and what only screen readers read is nowhere.
      const isHidden = width <= 1 || height <= 1 || !control.checkVisibility({ visibilityProperty: true })
      return (
        !isHidden &&
        !control.closest('.activity-switch, .skip-link, .visually-hidden') &&
        (left < -1 || right > innerWidth + 1)
      )
    })
    return [...(beyond > 0 ? [`${beyond} px too wide`] : []), ...cut.map(({ outerHTML }) => outerHTML.slice(0, 120))]
  }, dir)

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
