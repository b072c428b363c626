import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Locator } from 'playwright-core'
import { startServer } from '../harness/server.ts'
import { peopleButton, roomsOn } from './harness/rooms.ts'
import { closeDialog, composer, enter, openSettings } from './harness/steps.ts'
import { desktop, openBrowsers, phone, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('dialogs, panels and the Back button', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  const { roomFromStart, roomOf, visitor, waitingRoomOf } = roomsOn(browsers, server.url, {
    reducedMotion: 'no-preference',
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
    await peopleButton(ann).click()
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
    await peopleButton(ann).click()
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
    await peopleButton(ann).click()
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
        await peopleButton(ann, { hidden: true }).waitFor({ state: 'attached' })
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
    await peopleButton(ann).click()
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
})

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
