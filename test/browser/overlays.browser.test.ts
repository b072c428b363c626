import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import type { Locator } from 'playwright-core'
import { startServer } from '../harness/server.ts'
import { memberOf, sendCarrying } from './harness/carried.ts'
import { inView, movedBy } from './harness/log-view.ts'
import {
  closeDialog,
  composer,
  createRoom,
  createRoomByForm,
  enter,
  isOffline,
  openSettings,
  say,
} from './harness/steps.ts'
import { desktop, openBrowsers, phone, type Visitor, type VisitorOptions } from './harness/visitor.ts'

const browsers = await openBrowsers()

/** The smallest phone that is supported. */
const small = { width: 320, height: 640 }

describe('dialogs, panels, toasts and the Back button', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  const visitor = (t: TestContext, options?: VisitorOptions) =>
    browsers.visitor(t, server.url, { reducedMotion: 'no-preference', ...options })

  async function roomOf(t: TestContext, options?: VisitorOptions & { access?: 'invite' | 'public' }): Promise<Visitor> {
    const { access = 'public', ...rest } = options ?? {}
    const ann = await visitor(t, rest)
    await createRoom(ann, 'Living room', { as: 'Ann', access })
    await composer(ann).waitFor()
    return ann
  }

  /** A room that the start page stands before in the browser's history. */
  async function roomFromStart(t: TestContext, options?: VisitorOptions): Promise<Visitor> {
    const ann = await visitor(t, options)
    await createRoomByForm(ann, 'Living room', { as: 'Ann' })
    await composer(ann).waitFor()
    return ann
  }

  async function waitingRoomOf(t: TestContext, options?: VisitorOptions): Promise<Visitor> {
    const ann = await roomOf(t, options)
    await openSettings(ann)
    await ann.the('switch', ann.t('settings.waiting')).click()
    await ann.page.getByText(ann.t('settings.saved')).waitFor()
    await closeDialog(ann)
    return ann
  }

  it('a toast tells the host who waits, for as long as they wait and the room is open', async (t) => {
    const ann = await waitingRoomOf(t, { isPhone: true, viewport: small })
    const ben = await visitor(t)
    const cat = await visitor(t)
    const wants = (name: string) => ann.page.getByText(ann.t('people.waits', { name }))
    await enter(ben, ann.page.url(), 'Ben')
    await wants('Ben').waitFor()
    await ben.the('button', ben.t('entry.stop_waiting')).click()
    await wants('Ben').waitFor({ state: 'detached' })

    await enter(cat, ann.page.url(), 'Cat')
    await wants('Cat').waitFor()
    await people(ann).click()
    await wants('Cat').waitFor({ state: 'detached' })
    await ben.page.goto(ann.page.url())
    await ann.the('button', ann.t('people.admit_named', { name: 'Ben' })).waitFor()
    assert.equal(await wants('Ben').count(), 0)
    await ann.the('button', ann.t('people.admit_named', { name: 'Ben' })).click()
    await composer(ben).waitFor()
    await closeDialog(ann)

    const dan = await visitor(t)
    await enter(dan, ann.page.url(), 'Dan')
    await wants('Dan').waitFor()
    await ann.the('link', ann.t('app.home')).click()
    await ann.the('heading', ann.t('landing.mine')).waitFor()
    await wants('Dan').waitFor({ state: 'detached' })
  })

  it('a toast for who waits is shown once an open dialog has closed', async (t) => {
    const ann = await waitingRoomOf(t)
    await openSettings(ann)
    const ben = await visitor(t)
    await enter(ben, ann.page.url(), 'Ben')
    await people(ann, { hidden: true }).getByText('1', { exact: true }).waitFor({ state: 'attached' })
    const wants = ann.page.getByText(ann.t('people.waits', { name: 'Ben' }))
    assert.equal(await wants.count(), 0)
    await closeDialog(ann)
    await wants.waitFor()
  })

  it('a room opened offline shows the way back and the state of the connection', async (t) => {
    const ann = await roomOf(t)
    await ann.the('link', ann.t('app.home')).click()
    await ann.the('heading', ann.t('landing.mine')).waitFor()
    await ann.offline(true)
    await ann.page.goBack()
    await isOffline(ann)
    await ann.page.locator('.strip').waitFor()
    await ann.the('link', ann.t('app.home')).click()
    await ann.the('heading', ann.t('landing.mine')).waitFor()
    await ann.page.goBack()
    await ann.offline(false)
    await composer(ann).waitFor()
  })

  it('[FR4] what tells of a lost connection pushes what is read without moving it, and a toast is shown below it', async (t) => {
    const ann = await roomOf(t, { viewport: small })
    const log = ann.the('log')
    for (let count = 1; count <= 12; count++) await say(ann, `Message ${count}`)
    await log.hover()
    await ann.page.mouse.wheel(0, -300)
    // From here on the view does not follow the newest messages, of which the last may only now be stored.
    await ann.the('button', ann.t('timeline.latest')).waitFor()
    const before = await inView(ann.page)
    await openSettings(ann)
    await ann.offline(true)
    // A change that could not be saved is reported also after the dialog was closed.
    await ann.the('spinbutton', ann.t('settings.capacity')).fill('6')
    await closeDialog(ann)
    await ann
      .the('alert')
      .filter({ hasText: ann.t('error.offline') })
      .waitFor()
    await ann.page.locator('.strip').waitFor()
    await ann.page.waitForFunction(() => {
      const [strip, toast] = ['.strip', '.toast'].map((part) => document.querySelector(part)?.getBoundingClientRect())
      return strip && toast && toast.top >= strip.bottom
    })
    const [head, strip, messages] = await Promise.all(
      [ann.page.locator('.room-head'), ann.page.locator('.strip'), log].map((part) => part.boundingBox()),
    )
    assert.ok(head && strip && messages)
    assert.ok(strip.y >= head.y + head.height && messages.y >= strip.y + strip.height, 'it covers neither')
    assert.equal(movedBy(before, await inView(ann.page)), 0)
  })

  it('an invite link is shown when the code of its QR code cannot be loaded', async (t) => {
    const ann = await roomOf(t)
    ann.faults.allowNetworkFailures()
    await ann.page.route('**/assets/qr-*', (route) => route.abort())
    const failed = ann.page.waitForEvent('requestfailed')
    await ann.the('button', ann.t('invite.title')).first().click()
    await failed
    await ann.page.locator('.qr-frame').waitFor({ state: 'hidden' })
    assert.equal(await ann.the('button', ann.t('ui.reload')).count(), 0)
    assert.ok(await ann.the('textbox', ann.t('invite.link')).isVisible())
  })

  it('[W7] a panel whose style sheet could not be loaded is styled when it is tried again', async (t) => {
    const ann = await roomOf(t)
    ann.faults.allowNetworkFailures()
    await ann.page.route('**/assets/room-panel-*.css', (route) => route.abort())
    await people(ann).click()
    const retry = ann.the('button', ann.t('ui.retry'))
    await retry.waitFor()
    await ann.page.unroute('**/assets/room-panel-*.css')
    await retry.click()
    const panel = ann.the('complementary', ann.t('people.title'))
    await panel.waitFor()
    assert.equal(await panel.evaluate((element) => getComputedStyle(element).width), '320px')
  })

  it('[W7] code that could not be loaded says so, and trying again reloads the page once the server answers', async (t) => {
    const ann = await roomOf(t)
    const { page, the, t: text } = ann
    ann.faults.allowNetworkFailures()
    for (const missing of ['**/assets/room-panel-*.js', '**/assets/en-rest-*.js']) {
      await page.route(missing, (route) => route.abort())
      await people(ann).click()
      // What stands beside the field for a message may be missing too; it cannot be closed.
      const told = the('alert').filter({ hasText: text('page.not_loaded'), has: the('button', text('ui.close')) })
      await told.waitFor()
      await told.getByRole('button', { name: text('ui.close') }).click()
      await told.waitFor({ state: 'detached' })
      await people(ann).click()
      await told.waitFor()
      await page.unroute(missing)
      const reloaded = page.waitForEvent('load')
      await told.getByRole('button', { name: text('ui.retry') }).click()
      await reloaded
      await the('complementary', text('people.title')).waitFor()
      await people(ann).click()
      await page.reload()
      await composer(ann).waitFor()
    }
    await page.route('**/assets/account-page-*.js', (route) => route.abort())
    await page.goto('/account')
    await the('heading', text('page.not_loaded')).waitFor()
    await page.unroute('**/assets/account-page-*.js')
    await the('button', text('ui.retry')).click()
    await the('heading', text('account.title')).waitFor()
  })

  it('[W7] pointer or focus near what opens a panel, or a page, loads its code', async (t) => {
    const ann = await roomOf(t)
    const { page, the, t: text } = ann
    const loaded = (part: string) => page.waitForResponse((response) => response.url().includes(`/assets/${part}-`))
    const panels = Promise.all([loaded('room-panel'), loaded('en-rest')])
    await people(ann).hover()
    await panels
    await the('link', text('app.home')).click()
    await the('heading', text('landing.mine')).waitFor()
    const account = loaded('account-page')
    await the('link', /Ann/).first().focus()
    await account
  })

  it('settings and invite links say when the waiting room does not apply', async (t) => {
    const ann = await roomOf(t, { access: 'invite' })
    await openSettings(ann)
    const waiting = ann.the('switch', ann.t('settings.waiting'))
    assert.ok(await waiting.isDisabled())
    await ann.page.getByText(ann.t('settings.waiting_invite')).waitFor()
    await closeDialog(ann)
    const host = await waitingRoomOf(t)
    await host.the('button', host.t('invite.title')).first().click()
    await host.page.getByText(host.t('invite.waits')).waitFor()
    await closeDialog(host)
    await openSettings(host)
    await host.the('radio', host.t('landing.access_password')).check()
    await host.page.getByLabel(host.t('landing.room_password'), { exact: true }).fill('second voices')
    await host.page.keyboard.press('Enter')
    await host.page.getByLabel(host.t('settings.new_password'), { exact: true }).waitFor()
    await closeDialog(host)
    await host.the('button', host.t('invite.title')).first().click()
    await host.page.getByText(host.t('invite.hint_no_wait')).waitFor()
  })

  it('Back closes open overlays one by one, then leaves the room', async (t) => {
    const ann = await roomFromStart(t, { isPhone: true })
    const { page, the, t: text } = ann
    const room = page.url()
    const ben = await visitor(t)
    await enter(ben, room, 'Ben')
    await people(ann).click()
    await the('button', text('people.about', { name: 'Ben' })).click()
    await the('menuitem', text('member_action.remove')).click()
    const asked = the('dialog', text('member_action.remove_title', { name: 'Ben' }))
    await asked.waitFor()
    await page.goBack()
    await asked.waitFor({ state: 'detached' })
    await the('dialog', text('people.title')).waitFor()
    await page.goBack()
    await the('dialog').waitFor({ state: 'detached' })
    assert.equal(page.url(), room)
    assert.ok(await composer(ann).isVisible())

    // Forward opens nothing and adds no history entry.
    await page.goForward()
    await standsAt(ann, null)
    assert.equal(await the('dialog').count(), 0)
    await page.goBack()
    await the('heading', text('landing.mine')).waitFor()
  })

  it('an overlay that was closed, or was open on a reload, leaves no entry for Back', async (t) => {
    const ann = await roomFromStart(t)
    const { page, the, t: text } = ann
    for (let time = 0; time < 3; time++) {
      await the('button', text('invite.title')).first().click()
      await the('dialog', text('invite.title')).waitFor()
      await page.keyboard.press('Escape')
      await the('dialog').waitFor({ state: 'detached' })
    }
    await openSettings(ann)
    await standsAt(ann, 1)
    await page.reload()
    await composer(ann).waitFor()
    await standsAt(ann, null)
    await page.goBack()
    await the('heading', text('landing.mine')).waitFor()
  })

  it('leaving the room from a dialog takes one history entry', async (t) => {
    const ann = await roomFromStart(t)
    const { page, the, t: text } = ann
    const room = page.url()
    await the('button', text('room.more')).click()
    await the('menuitem', text('leave.title')).click()
    await the('button', text('leave.confirm')).click()
    await the('textbox', text('landing.room_name')).waitFor()
    await standsAt(ann, null)
    await page.goBack()
    assert.equal(page.url(), room)
    await standsAt(ann, null)
    await page.goForward()
    await the('textbox', text('landing.room_name')).waitFor()
    await page.goBack()
    await page.goBack()
    await the('textbox', text('landing.room_name')).waitFor()
    assert.notEqual(page.url(), room)
  })

  it('the people panel stays open behind a dialog', async (t) => {
    const ann = await roomOf(t, { colorScheme: 'dark' })
    const { page, the, t: text } = ann
    const ben = await visitor(t)
    await enter(ben, page.url(), 'Ben')
    await people(ann).click()
    const about = the('button', text('people.about', { name: 'Ben' }))
    await about.waitFor()
    await openSettings(ann)
    await closeDialog(ann)
    assert.ok(await about.isVisible())
    await about.click()
    await the('menuitem', text('member_action.ban')).click()
    const painted = (part: string) =>
      page.locator(part).evaluate((element) => getComputedStyle(element).backgroundColor)
    assert.equal(await painted('.dialog .dialog-head'), await painted('.dialog'))
    await closeDialog(ann)
    assert.ok(await about.isVisible())
  })

  it('[W6] a dialog stays in front of the people when the window narrows, and Back closes the front one', async (t) => {
    const ann = await roomOf(t)
    const { page, the, t: text } = ann
    const ben = await visitor(t)
    await enter(ben, page.url(), 'Ben')
    await people(ann).click()
    for (const action of ['remove', 'settings'] as const) {
      await page.setViewportSize(desktop)
      const panel = the('complementary', text('people.title'))
      await panel.waitFor()
      const title = text(action === 'settings' ? 'settings.title' : 'member_action.remove_title', { name: 'Ben' })
      if (action === 'settings') await openSettings(ann)
      else {
        await the('button', text('people.about', { name: 'Ben' })).click()
        await the('menuitem', text('member_action.remove')).click()
      }
      const dialog = the('dialog', title)
      await dialog.waitFor()
      for (const size of [phone, desktop, phone]) {
        await page.setViewportSize(size)
        await people(ann, { hidden: true }).waitFor({ state: 'attached' })
        await waitForFront(dialog)
      }
      await page.goBack()
      await dialog.waitFor({ state: 'detached' })
      const sheet = the('dialog', text('people.title'))
      await waitForFront(sheet)
      if (action === 'remove') continue
      await page.goBack()
      await sheet.waitFor({ state: 'detached' })
      await standsAt(ann, null)
    }
  })

  it('[W6] people over a narrow window keep the keyboard, and give the focus back', async (t) => {
    const ann = await roomOf(t, { isPhone: true })
    const { page, the, t: text } = ann
    await people(ann).click()
    const sheet = the('dialog', text('people.title'))
    await sheet.waitFor()
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press('Tab')
      assert.ok(
        await page.evaluate(() => document.activeElement?.closest('main, .skip-link') === null),
        'the focus is behind the sheet',
      )
    }
    await page.mouse.click(8, 400)
    assert.ok(await sheet.isVisible())
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.id === 'room-people')
    assert.equal(await page.locator('[inert]').count(), 0)
  })

  it('[TL1] a reader at the end follows it when the window changes its size', async (t) => {
    const ann = await roomOf(t, { viewport: phone })
    const { page, the, t: text } = ann
    for (let count = 1; count <= 20; count++)
      await say(ann, `Message ${count}${', which is broken into more lines on a phone than on a desktop'.repeat(4)}`)
    for (const size of [desktop, phone, { width: 700, height: 500 }, desktop]) {
      await page.setViewportSize(size)
      await inView(page)
      const rest = await the('log').evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop)
      assert.ok(Math.abs(rest) <= 2, `${rest} px from the end at ${size.width} x ${size.height}`)
      assert.equal(await page.getByText(text('timeline.latest')).count(), 0)
    }
  })

  it('[TL2] a message rises to its place, and nothing that is read moves; with reduced motion it stands at once', async (t) => {
    const ann = await roomOf(t, { viewport: { width: 700, height: 400 } })
    const { page, the } = ann
    for (let count = 1; count <= 12; count++) await say(ann, `Message ${count}`)
    const rises = () =>
      the('article')
        .last()
        .evaluate((message) => {
          const { transitionProperty, transitionDuration } = getComputedStyle(message)
          return { transitionProperty, transitionDuration }
        })
    assert.deepEqual(await rises(), { transitionProperty: 'opacity, transform', transitionDuration: '0.12s, 0.12s' })
    await the('log').evaluate((log) => log.scrollTo({ top: 0 }))
    const before = await inView(page)
    const room_id = new URL(page.url()).pathname.slice('/r/'.length)
    await sendCarrying(server.url, await memberOf(server.url, room_id, 'Ben'), room_id, [], 'From Ben')
    await the('article', /^Ben,/).waitFor()
    assert.deepEqual(await inView(page), before)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    assert.equal((await rises()).transitionProperty, 'all')
    assert.equal((await rises()).transitionDuration, '0s')
  })

  it('[ML1] the buttons of a message stand beside all text, its own and that of others, also where there are fingers', async (t) => {
    const ann = await roomOf(t)
    const { page, the, t: text } = ann
    const long = 'This is said at such length that it takes more than a line of any window. '.repeat(6).trim()
    for (const said of [long, 'Yes', long, 'Hm', 'Yes']) await say(ann, said)
    const covered = (message: Locator) =>
      message.evaluate((element) => {
        const buttons = [...element.querySelectorAll('.message-actions button')].map((each) =>
          each.getBoundingClientRect(),
        )
        const said = [...document.querySelectorAll('.message-text, .message-head > *')].flatMap((each) => {
          const range = document.createRange()
          range.selectNodeContents(each)
          return [...range.getClientRects()]
        })
        const meets = (one: DOMRect, two: DOMRect) =>
          one.left < two.right - 1 && two.left < one.right - 1 && one.top < two.bottom - 1 && two.top < one.bottom - 1
        return buttons.length === 0 || buttons.some((button) => said.some((line) => meets(button, line)))
      })
    for (const enabled of [false, true]) {
      await ann.cdp.send('Emulation.setTouchEmulationEnabled', { enabled })
      for (const width of [1280, 700, 500, 320]) {
        await page.setViewportSize({ width, height: 700 })
        for (const message of await the('article').all()) {
          await message.focus()
          await message.getByRole('button', { name: text('message.reply_to', { name: 'Ann' }) }).waitFor()
          assert.ok(!(await covered(message)), `${width} px wide, ${enabled ? 'fingers' : 'a mouse'}`)
        }
      }
    }
  })

  it('in forced colours what is chosen, pressed or has the focus has an edge in the system’s colour for it', async (t) => {
    const ann = await roomOf(t)
    const { page, the, t: text } = ann
    await page.emulateMedia({ forcedColors: 'active' })
    const edge = (selector: string) =>
      page.evaluate((chosen) => {
        const probe = document.body.appendChild(document.createElement('i'))
        probe.style.color = 'Highlight'
        const highlight = getComputedStyle(probe).color
        probe.remove()
        const element = document.querySelector(chosen)
        const { outlineColor, borderTopColor, borderBottomColor } = getComputedStyle(element ?? document.body)
        return element !== null && [outlineColor, borderTopColor, borderBottomColor].includes(highlight)
      }, selector)
    await composer(ann).focus()
    assert.ok(await edge('.composer-box'), 'the field for a message')
    await openSettings(ann)
    assert.ok(await edge('.choice-option:has(:checked)'), 'a chosen option')
    await closeDialog(ann)
    await the('button', text('people.title')).click()
    await the('tab', text('people.title')).waitFor()
    assert.ok(await edge('[role=tab][aria-selected=true]'), 'the chosen tab')
  })

  it('a typed number is saved when the settings are closed, and a failure is shown', async (t) => {
    const ann = await roomOf(t)
    const { the, t: text } = ann
    await openSettings(ann)
    await the('spinbutton', text('settings.capacity')).fill('5')
    await closeDialog(ann)
    await ann.page.getByText(text('settings.saved')).waitFor()
    await openSettings(ann)
    assert.equal(await the('spinbutton', text('settings.capacity')).inputValue(), '5')
    await ann.offline(true)
    await the('spinbutton', text('settings.capacity')).fill('6')
    await closeDialog(ann)
    await the('alert')
      .filter({ hasText: text('error.offline') })
      .waitFor()
  })
})

const people = ({ page, t }: Visitor, { hidden = false } = {}) =>
  page.getByRole('button', { name: t('people.title'), includeHidden: hidden })

/** Waits until nothing covers the middle of the element's top. */
async function waitForFront(element: Locator): Promise<void> {
  await element.evaluate(async (front) => {
    const isInFront = () => {
      const { left, top, width } = front.getBoundingClientRect()
      return front.contains(document.elementFromPoint(left + width / 2, top + 20))
    }
    for (let frames = 0; frames < 60 && !isInFront(); frames++)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    if (!isInFront()) throw new Error('something lies in front of it')
  })
}

/** Waits until the history has this many open overlays. */
async function standsAt({ page }: Visitor, level: number | null): Promise<void> {
  await page.waitForFunction((wanted) => history.state === wanted, level)
}
