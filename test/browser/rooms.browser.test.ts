import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, it, type TestContext } from 'node:test'
import { chat } from '../../packages/web/src/activities/chat/activity.ts'
import { menuTexts } from '../../packages/web/src/shell/rooms/menu-texts.ts'
import { notificationTexts } from '../../packages/web/src/notifications/texts.ts'
import { startServer } from '../harness/server.ts'
import {
  closeDialog,
  composer,
  createRoom,
  createRoomByForm,
  enter,
  inviteLink,
  openSettings,
  say,
  sees,
} from './harness/steps.ts'
import { openBrowsers, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('joining a room and what roles allow', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  const two = async (t: TestContext) => ({
    ann: await browsers.visitor(t, server.url),
    ben: await browsers.visitor(t, server.url),
  })

  /** Ann is the host of a public room, and Ben is in it. */
  async function together(t: TestContext) {
    const { ann, ben } = await two(t)
    await createRoom(ann, 'Living room', { as: 'Ann' })
    await enter(ben, ann.page.url(), 'Ben')
    await composer(ben).waitFor()
    return { ann, ben }
  }

  it('a password lets in, and a wrong one is refused', async (t) => {
    const { ann, ben } = await two(t)
    await createRoomByForm(ann, 'Choir', { as: 'Ann', access: 'password', password: 'second voices' })
    await composer(ann).waitFor()
    await enter(ben, ann.page.url(), 'Ben')
    const password = ben.page.getByLabel(ben.t('entry.password_label'), { exact: true })
    await password.fill('first voices')
    await password.press('Enter')
    await ben.page.getByText(ben.t('error.invalid_password')).waitFor()
    await password.fill('second voices')
    await password.press('Enter')
    await composer(ben).waitFor()
    await say(ben, 'I am in')
    await sees(ann, 'I am in')
  })

  it('after too many wrong passwords the time to wait is shown, and a way back', async (t) => {
    const limiting = await startServer({ env: { RATE_LIMIT_FACTOR: '1' } })
    const [ann, ben] = [await browsers.visitor(t, limiting.url), await browsers.visitor(t, limiting.url)]
    // Behind the visitors, whose pages may still be loading something when the test is over.
    t.after(() => limiting[Symbol.asyncDispose]())
    await createRoomByForm(ann, 'Choir', { as: 'Ann', access: 'password', password: 'second voices' })
    await composer(ann).waitFor()
    await enter(ben, ann.page.url(), 'Ben')
    const password = ben.page.getByLabel(ben.t('entry.password_label'), { exact: true })
    const told = ben.page.getByText(/^Too many attempts\. Try again in \d+ s\.$/)
    const submit = ben.page.locator('button[type=submit]:not([aria-busy])')
    for (let tries = 0; tries < 20 && !(await told.isVisible()); tries++) {
      await password.fill('first voices')
      await password.press('Enter')
      await submit.waitFor()
    }
    await told.waitFor()
    await ben.the('link', ben.t('entry.to_rooms')).click()
    await ben.the('heading', ben.t('landing.mine')).waitFor()
  })

  it('an invite-only room lets in with an invite link only', async (t) => {
    const { ann, ben } = await two(t)
    const cat = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'invite' })
    const link = await inviteLink(ann)
    await enter(cat, ann.page.url(), 'Cat')
    await cat.the('heading', cat.t('entry.invite_required')).waitFor()
    await enter(ben, link, 'Ben')
    await say(ben, 'I am in')
    await sees(ann, 'I am in')
  })

  it('the list of rooms follows what happens in them', async (t) => {
    const { ann, ben } = await together(t)
    await ben.page.goto('/')
    const mine = ben.page.getByRole('region', { name: ben.t('landing.mine') })
    await mine.getByRole('link', { name: 'Living room' }).waitFor()
    await say(ann, 'The kettle is on')
    await mine.getByText('Ann: The kettle is on').waitFor()
    await about(ann, 'Ben', ann.t('member_action.remove'))
    await ann
      .the('dialog')
      .getByRole('button', { name: ann.t('member_action.remove'), exact: true })
      .click()
    await mine.getByText(ben.t('landing.mine_empty')).waitFor()
  })

  it('[SH8] the list of rooms says what is unread, on all devices of the reader', async (t) => {
    const { ann, ben } = await together(t)
    const room = ben.page.url()
    await say(ann, 'Before Ben leaves')
    await sees(ben, 'Before Ben leaves')
    await ben.page.goto('/')
    const other = await ben.context.newPage()
    await other.goto(server.url)
    const unread = (count: number) =>
      other.getByRole('region', { name: ben.t('landing.mine') }).getByText(ben.t('landing.unread', { count }))
    await say(ann, 'The kettle is on')
    await say(ann, 'And tea is ready')
    await unread(2).waitFor()
    await ben.page.goto(room)
    const first = ben.page.locator('.unread-line ~ .message').first()
    assert.match((await first.textContent()) ?? '', /The kettle is on/)
    await unread(2).waitFor({ state: 'detached' })
    assert.equal(await ben.page.locator('.unread-line').count(), 1, 'it stays while the room is open')
    const last = ben.page.locator('.message', { hasText: 'And tea is ready' })
    await last.focus()
    await last.press('u')
    await unread(1).waitFor()
    // Both the page and the column beside it offer it.
    const column = other.getByRole('navigation', { name: ben.t('rail.rooms') })
    await column.getByRole('button', { name: ben.t('landing.read_all') }).click()
    await unread(1).waitFor({ state: 'detached' })
  })

  it('[NO1] [NO4] [NO5] messages in rooms that no tab shows are announced, but for a room that was turned off', async (t) => {
    const { ann, ben } = await together(t)
    const living = ann.page.url()
    await createRoomByForm(ann, 'Kitchen')
    await composer(ann).waitFor()
    const kitchen = ann.page.url()
    await ben.page.goto(kitchen)
    await composer(ben).waitFor()
    const announced = await watchNotifications(ben)
    await ben.page.goto('/account')
    await ben.the('switch', notificationTexts.en.show).click()
    await announced.until(notificationTexts.en.on)
    await ben.the('switch', notificationTexts.en.sound).click()
    await ben.page.goto('/')
    // The first tab announces.
    await ben.page.waitForFunction(async () => {
      const { held = [] } = await navigator.locks.query()
      return held.some(({ name }) => name?.endsWith('.first'))
    })
    const other = await ben.context.newPage()
    await other.goto(living)
    await ann.page.goto(living)
    await say(ann, 'You see this')
    await other.getByRole('log').getByText('You see this', { exact: true }).waitFor()
    await ann.page.goto(kitchen)
    await say(ann, 'The kettle is on')
    await announced.until('Kitchen: Ann: The kettle is on')
    await other.goto(`${server.url}/account`)
    await ben.the('button', menuTexts.en.menu.replace('{name}', 'Kitchen')).click()
    await ben.the('menuitem', ben.t('room.quiet')).click()
    await say(ann, 'Nobody hears this')
    await ben.page.getByText('Ann: Nobody hears this').first().waitFor()
    await ann.page.goto(living)
    await say(ann, 'Come over')
    await announced.until('Living room: Ann: Come over')
    const { on } = notificationTexts.en
    assert.deepEqual(announced.all, [on, 'Kitchen: Ann: The kettle is on', 'Living room: Ann: Come over'])
    await announced.press()
    await composer(ben).waitFor()
    assert.equal(ben.page.url(), living)
    await ben.page.goto(kitchen)
    await ben.the('button', ben.t('room.more')).click()
    await ben.the('menuitem', ben.t('room.notify')).click()
    await ben.the('button', ben.t('room.more')).click()
    await ben.the('menuitem', ben.t('room.quiet')).waitFor()
  })

  it('a host admits and declines people in the waiting room', async (t) => {
    const { ann, ben } = await two(t)
    const cat = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Surgery', { as: 'Ann' })
    await openSettings(ann)
    await ann.the('switch', ann.t('settings.waiting')).click()
    await ann.page.getByText(ann.t('settings.saved')).first().waitFor()
    await closeDialog(ann)
    await Promise.all([enter(ben, ann.page.url(), 'Ben'), enter(cat, ann.page.url(), 'Cat')])
    for (const visitor of [ben, cat]) await visitor.the('heading', visitor.t('entry.waiting')).waitFor()
    await ann.page.getByRole('button', { name: ann.t('people.title') }).click()
    const buttons = ann.page.getByRole('listitem').filter({ hasText: 'Ben' }).getByRole('button')
    await buttons.first().waitFor()
    for (const width of [360, 390, 820, 1280]) {
      await ann.page.setViewportSize({ width, height: 800 })
      const tops = await buttons.evaluateAll((all) => all.map((button) => button.getBoundingClientRect().top))
      assert.deepEqual([tops.length, new Set(tops).size], [2, 1], `both buttons on one line, ${width} px wide`)
    }
    await ann.the('button', ann.t('people.admit_named', { name: 'Ben' })).click()
    await say(ben, 'Thank you')
    await sees(ann, 'Thank you')
    await ann.the('button', ann.t('people.deny_named', { name: 'Cat' })).click()
    await cat.the('heading', cat.t('entry.denied')).waitFor()
  })

  it('a co-host can change the room, and a removed member is out of it', async (t) => {
    const { ann, ben } = await together(t)
    await about(ann, 'Ben', ann.t('member_action.make_cohost'))
    await openSettings(ben)
    await ben.the('textbox', ben.t('settings.name')).fill('Kitchen')
    await ben.the('textbox', ben.t('settings.name')).press('Enter')
    await ann.page.getByRole('heading', { level: 1, name: 'Kitchen' }).waitFor()
    await closeDialog(ben)
    await about(ann, 'Ben', ann.t('member_action.remove'))
    await ann
      .the('dialog')
      .getByRole('button', { name: ann.t('member_action.remove'), exact: true })
      .click()
    await ben.the('heading', ben.t('entry.removed')).waitFor()
  })

  it('members can only read where only hosts can post', async (t) => {
    const { ann, ben } = await together(t)
    await composer(ben).fill('But I')
    await openSettings(ann)
    const who = ann.the('group', chat.option?.label.en)
    await who.getByRole('radio', { name: ann.t('settings.for_host') }).click()
    await closeDialog(ann)
    // The draft stays, and the page says why it cannot be sent.
    assert.equal(await composer(ben).inputValue(), 'But I')
    await ben.page.locator('.composer-closed', { hasText: ben.t('composer.chat_hosts') }).waitFor()
    await ben.page.locator('#composer[readonly]').waitFor()
    await say(ann, 'Only I speak')
    await sees(ben, 'Only I speak')
  })

  it('closing a room closes it for everyone within a second', async (t) => {
    const { ann, ben } = await together(t)
    await openSettings(ann)
    await ann.the('button', ann.t('settings.close')).click()
    await ann.the('button', ann.t('settings.close_confirm')).click()
    await ben.the('heading', ben.t('entry.room_closed')).waitFor({ timeout: 1000 })
    assert.equal(await composer(ben).count(), 0)
  })
})

/** The items of the menu beside a person. */
async function about({ page, the, t }: Visitor, name: string, deed: string): Promise<void> {
  const menu = the('button', t('people.about', { name }))
  if (!(await menu.isVisible())) await page.getByRole('button', { name: t('people.title') }).click()
  await menu.click()
  await the('menuitem', deed).click()
}

/**
 * Records the notifications of all tabs of a visitor's browser, from the next page on, and allows them when it is asked.
 * Chromium without a window denies them whatever it was granted, so these stand in for its own.
 */
async function watchNotifications({ page, context }: Visitor) {
  const all: string[] = []
  const heard = new EventTarget()
  await context.exposeFunction('recordNotification', (text: string) => {
    all.push(text)
    heard.dispatchEvent(new Event('notification'))
  })
  await context.addInitScript(() => {
    class Recorded extends EventTarget {
      static get permission(): NotificationPermission {
        return localStorage.getItem('test.permission') === 'granted' ? 'granted' : 'default'
      }
      static async requestPermission(): Promise<NotificationPermission> {
        localStorage.setItem('test.permission', 'granted')
        return 'granted'
      }
      constructor(title: string, { body = '', tag = '' }: NotificationOptions = {}) {
        super()
        const record: unknown = Reflect.get(window, 'recordNotification')
        if (typeof record === 'function') record(tag.includes('room') ? `${title}: ${body}` : title)
        Reflect.set(window, 'lastNotification', this)
      }
      close(): void {}
    }
    Reflect.set(window, 'Notification', Recorded)
  })
  return {
    all,
    async until(text: string): Promise<void> {
      const signal = AbortSignal.timeout(30_000)
      while (!all.includes(text)) await once(heard, 'notification', { signal })
    },
    press: () =>
      page.evaluate(() => {
        const last: unknown = Reflect.get(window, 'lastNotification')
        if (last instanceof EventTarget) last.dispatchEvent(new Event('click'))
      }),
  }
}
