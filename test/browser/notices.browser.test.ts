import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { inView, movedBy } from './harness/log-view.ts'
import { peopleButton, roomsOn } from './harness/rooms.ts'
import { closeDialog, composer, enter, isOffline, openSettings, say } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

/** The smallest phone that is supported. */
const small = { width: 320, height: 640 }

describe('what the page says by itself: toasts and the line of a lost connection', {
  skip: browsers.missing,
}, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  const { roomOf, visitor, waitingRoomOf } = roomsOn(browsers, server.url, { reducedMotion: 'no-preference' })

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
    await peopleButton(ann).click()
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
    await peopleButton(ann, { hidden: true }).getByText('1', { exact: true }).waitFor({ state: 'attached' })
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
