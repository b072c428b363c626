import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { peopleButton, roomsOn } from './harness/rooms.ts'
import { composer } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('code and styles that are loaded when they are needed', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  const { roomOf } = roomsOn(browsers, server.url)

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
    await peopleButton(ann).click()
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
      await peopleButton(ann).click()
      // What stands beside the field for a message may be missing too; it cannot be closed.
      const told = the('alert').filter({ hasText: text('page.not_loaded'), has: the('button', text('ui.close')) })
      await told.waitFor()
      await told.getByRole('button', { name: text('ui.close') }).click()
      await told.waitFor({ state: 'detached' })
      await peopleButton(ann).click()
      await told.waitFor()
      await page.unroute(missing)
      const reloaded = page.waitForEvent('load')
      await told.getByRole('button', { name: text('ui.retry') }).click()
      await reloaded
      await the('complementary', text('people.title')).waitFor()
      await peopleButton(ann).click()
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
    await peopleButton(ann).hover()
    await panels
    await the('link', text('app.home')).click()
    await the('heading', text('landing.mine')).waitFor()
    const account = loaded('account-page')
    await the('link', /Ann/).first().focus()
    await account
  })
})
