import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { ok, rest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { colourOf, stripes } from '../../packages/server/src/platform/media/testing/samples.ts'
import { choosePicture, cropDialog, savePicture, square } from './harness/crop.ts'
import {
  closeDialog,
  comeIn,
  composer,
  createRoom,
  createRoomByForm,
  enter,
  openSettings,
  say,
  sees,
  signIn,
  signUp,
  texts,
} from './harness/steps.ts'
import { openBrowsers, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('accounts, and several users of one browser', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('a guest who creates an account keeps rooms, role and messages, also in another browser', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Diary', { as: 'Ann', access: 'invite' })
    await say(ann, 'As a guest')
    const room = ann.page.url()
    const account = await signUp(ann)
    await ann.page.getByText(ann.t('account.this_device')).waitFor()
    assert.equal(await ann.page.locator('.sessions > li').count(), 1)
    await ann.page.goto(room)
    await say(ann, 'With an account')

    const elsewhere = await browsers.visitor(t, server.url)
    await signIn(elsewhere, account)
    await elsewhere.page.goto('/')
    await elsewhere.page
      .getByRole('region', { name: elsewhere.t('landing.mine') })
      .getByRole('link', { name: /Diary/ })
      .click()
    await sees(elsewhere, 'With an account')
    assert.deepEqual(await texts(elsewhere), ['As a guest', 'With an account'])
    await elsewhere.the('button', elsewhere.t('room.more')).click()
    await elsewhere.the('menuitem', elsewhere.t('settings.title')).waitFor()
  })

  it('a session that was ended in another browser is signed out within a second', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await comeIn(ann, 'Ann')
    const account = await signUp(ann)
    const phone = await browsers.visitor(t, server.url, { isPhone: true })
    await signIn(phone, account)
    await phone.page.goto('/r/lobby')
    await composer(phone).waitFor()
    await ann.page.goto('/account')
    await ann.page
      .getByRole('button', { name: new RegExp(ann.t('account.revoke_named', { device: '.+ on .+' })) })
      .click()
    await ann.page.getByText(ann.t('account.revoked')).first().waitFor()
    await composer(phone).waitFor({ state: 'detached', timeout: 1000 })
    await phone.page.getByRole('textbox', { name: phone.t('name.label') }).waitFor()
    await ann.page.reload()
    await ann.page.getByText(ann.t('account.this_device')).waitFor()
  })

  it('[W1] a draft is shown to its author, also once they have an account, and to nobody else', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await comeIn(ann, 'Ann')
    await begin(ann, 'Dear diary')
    assert.equal(await draftOf(ann), 'Dear diary')
    const account = await signUp(ann)
    assert.equal(await draftOf(ann), 'Dear diary')
    await signOut(ann)
    assert.deepEqual(await kept(ann), [])

    await comeIn(ann, 'Bob')
    assert.equal(await draftOf(ann), '')
    await begin(ann, 'Of Bob')
    await signOut(ann)
    assert.deepEqual(await kept(ann), [])
    await signIn(ann, account)
    assert.equal(await draftOf(ann), '')
  })

  it('[W1] a draft survives a session that was ended elsewhere, for its author only', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await comeIn(ann, 'Ann')
    const account = await signUp(ann)
    const phone = await browsers.visitor(t, server.url, { isPhone: true })
    await signIn(phone, account)
    await phone.page.goto('/r/lobby')
    await begin(phone, 'Dear diary')
    await ann.page.goto('/account')
    await ann.page
      .getByRole('button', { name: new RegExp(ann.t('account.revoke_named', { device: '.+ on .+' })) })
      .click()
    await composer(phone).waitFor({ state: 'detached' })
    await comeIn(phone, 'Bob')
    assert.equal(await composer(phone).inputValue(), '')
    await signOut(phone)
    await signIn(phone, account)
    assert.equal(await draftOf(phone), 'Dear diary')
  })

  it('[W2] a tab follows another tab that signs out and signs in as somebody else, within a second', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await comeIn(ann, 'Ann')
    await begin(ann, 'Dear diary')
    const other = await anotherTab(ann)
    await signOut(other)
    await composer(ann).waitFor({ state: 'detached', timeout: 1000 })
    await ann.the('textbox', ann.t('name.label')).waitFor()
    await comeIn(other, 'Bob')
    await composer(ann).waitFor({ timeout: 1000 })
    assert.equal(await composer(ann).inputValue(), '')
    await say(ann, 'Here is Bob')
    await sees(other, 'Here is Bob')
    await ann.the('log').getByRole('article').last().getByText('Bob', { exact: true }).waitFor({ state: 'attached' })
  })

  it('[W2] open dialogs are closed when another user replaces the session', async (t) => {
    const bob = await browsers.visitor(t, server.url)
    await comeIn(bob, 'Bob')
    const ann = await browsers.visitor(t, server.url)
    await createRoomByForm(ann, 'Tea', { as: 'Ann', access: 'password', password: 'oolong' })
    await begin(ann, 'Dear diary')
    const account = await anotherTab(ann)
    await account.page.goto('/account')
    await account.the('button', account.t('account.delete_guest')).click()
    await account.the('dialog').waitFor()

    const third = await anotherTab(ann)
    await third.page.goto('/')
    await third.page.evaluate(([name, session]) => localStorage.setItem(name, session), await sessionOf(bob))
    await account.the('dialog').waitFor({ state: 'detached', timeout: 1000 })
    await account.page.getByText('Bob', { exact: true }).first().waitFor()
    await composer(ann).waitFor({ state: 'detached', timeout: 1000 })
    await ann.page.getByLabel(ann.t('entry.password_label'), { exact: true }).fill('oolong')
    await ann.page.keyboard.press('Enter')
    await composer(ann).waitFor()
    assert.equal(await composer(ann).inputValue(), '')
    assert.deepEqual(await kept(ann), [])
  })

  it('an API key is shown once, acts within its permissions and rooms, and is revoked', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the } = ann
    await createRoom(ann, 'Builds', { as: 'Ann', access: 'invite' })
    const room_id = new URL(page.url()).pathname.split('/').at(-1)
    await signUp(ann)
    await page.goto('/account')
    await the('button', ann.t('keys.create')).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: ann.t('keys.create') }).click()
    await dialog.getByText(ann.t('keys.scopes_missing')).waitFor()
    assert.ok(await dialog.getByLabel(ann.t('keys.name')).evaluate((field) => field === document.activeElement))
    await page.keyboard.type('Build server')
    await dialog.getByLabel(ann.t('keys.messages:write')).check()
    await dialog.getByLabel(ann.t('keys.where_some')).check()
    await dialog.getByLabel('Builds').check()
    await page.keyboard.press('Enter')
    const key = await dialog.getByLabel(ann.t('keys.key')).inputValue()
    assert.match(key, /^prl_[0-9A-Za-z]{49}$/)
    await dialog.getByRole('button', { name: ann.t('keys.done') }).click()
    await page.getByText(ann.t('keys.unused')).waitFor()
    await page.reload()
    await page.getByText(key.slice(0, 8)).waitFor()
    assert.ok(!(await page.content()).includes(key))

    const say = (room: string) =>
      rest(server.url, 'POST', `/api/rooms/${room}/messages`, { token: key, body: { content: 'Built' } })
    assert.equal((await say(room_id ?? '')).status, 201)
    assert.equal((await say('lobby')).status, 403)
    await the('button', ann.t('keys.revoke_named', { name: 'Build server' })).click()
    await dialog.getByRole('button', { name: ann.t('keys.revoke') }).click()
    await page.getByText(ann.t('keys.revoked')).first().waitFor()
    assert.equal(await page.getByText('Build server').count(), 0)
    assert.equal((await say(room_id ?? '')).status, 401)
  })

  it('[CR2] [CR3] [CR4] a picture is cropped by drag, wheel and keys, seen by others, and taken away', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the } = ann
    await createRoom(ann, 'Portraits', { as: 'Ann' })
    await say(ann, 'Look at me')
    const ben = await browsers.visitor(t, server.url)
    await enter(ben, page.url(), 'Ben')
    await sees(ben, 'Look at me')
    await page.goto('/account')

    // Dragged to the right, the left part is shown.
    await choosePicture(ann, await stripes())
    const box = await square(ann).boundingBox()
    if (!box) throw new Error('The square is not shown')
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + box.width, y, { steps: 3 })
    await page.mouse.up()
    await savePicture(ann)
    const shown = page.locator('.picture-field .portrait')
    const red = await shown.getAttribute('src')
    assert.deepEqual(await colourAt(server.url, red), 'red')
    const others = ben.the('log').locator('.avatar .portrait')
    await ben.page.locator(`[src="${red}/96"]`).first().waitFor()
    assert.equal(await others.count(), 1)

    // The image follows the arrows; the wheel zooms, and so does the slider by keys.
    await choosePicture(ann, await stripes())
    const zoom = cropDialog(ann).getByRole('slider')
    await page.mouse.move(x, y)
    await page.mouse.wheel(0, -400)
    await page.waitForFunction(
      (slider) => slider instanceof HTMLInputElement && slider.valueAsNumber > 0.5,
      await zoom.elementHandle(),
    )
    await square(ann).focus()
    for (let times = 0; times < 10; times += 1) await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Home')
    assert.equal(await zoom.inputValue(), '0')
    for (let times = 0; times < 10; times += 1) await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('+')
    assert.notEqual(await zoom.inputValue(), '0')
    await zoom.focus()
    await page.keyboard.press('ArrowLeft')
    assert.ok(Number(await zoom.inputValue()) < 0.05)
    await savePicture(ann)
    await page.waitForFunction(
      (src) => document.querySelector('.picture-field .portrait')?.getAttribute('src') !== src,
      red,
    )
    assert.deepEqual(await colourAt(server.url, await shown.getAttribute('src')), 'blue')

    // What cannot be loaded leaves the initials; what is no image says so.
    await page.route('**/api/pictures/**', (route) => route.fulfill({ status: 404 }))
    await page.reload()
    await page.locator('.picture-field .portrait').waitFor({ state: 'hidden' })
    await page.locator('.picture-field .avatar').getByText('A', { exact: true }).waitFor()
    await page
      .locator('.picture-field input[type=file]')
      .first()
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no image') })
    await cropDialog(ann).getByText(ann.t('picture.unreadable')).waitFor()
    await closeDialog(ann)
    await the('button', ann.t('picture.remove')).click()
    await page.getByText(ann.t('picture.removed')).first().waitFor()
    await others.waitFor({ state: 'detached' })
  })

  it('[CR1] a host gives the room a picture on a phone, with two fingers, and lists show it', async (t) => {
    const ann = await browsers.visitor(t, server.url, { isPhone: true })
    await createRoom(ann, 'Orchard', { as: 'Ann' })
    await openSettings(ann)
    await choosePicture(ann, await stripes())
    const box = await square(ann).boundingBox()
    if (!box) throw new Error('The square is not shown')
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number | null) =>
      ann.cdp.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: apart === null ? [] : [-1, 1].map((side, id) => ({ x: x + side * apart, y, id })),
      })
    await touch('touchStart', 20)
    for (const apart of [30, 40, 60, 80]) await touch('touchMove', apart)
    await touch('touchEnd', null)
    const zoom = cropDialog(ann).getByRole('slider')
    await ann.page.waitForFunction(
      (slider) => slider instanceof HTMLInputElement && slider.valueAsNumber > 1,
      await zoom.elementHandle(),
    )
    await savePicture(ann)
    await ann.page.locator('.picture-field .portrait').waitFor()
    await ann.page.goto('/')
    const tile = ann.page
      .getByRole('link', { name: /Orchard/ })
      .first()
      .locator('.portrait')
    await tile.waitFor()
    assert.equal(await colourAt(server.url, await tile.getAttribute('src')), 'green')
  })

  it('[W8] where nobody may make an account, nobody is offered one', async (t) => {
    const closed = await startServer({ env: { REGISTRATION: 'closed' } })
    const ann = await browsers.visitor(t, closed.url)
    // Behind the visitor, whose page would miss the server.
    t.after(() => closed[Symbol.asyncDispose]())
    await ann.page.goto('/account')
    await ann.page.getByText(ann.t('auth.sign_up_closed')).waitFor()
    assert.equal(await ann.the('button', ann.t('auth.to_sign_up')).count(), 0)
    await comeIn(ann, 'Ann')
    await ann.page.goto('/account')
    await ann.page.getByText(ann.t('account.this_device')).waitFor()
    assert.equal(await ann.the('heading', ann.t('account.keep')).count(), 0)
  })

  // The last test, because it changes who may make accounts.
  it('the first administrator sets the server up, by the address that it prints', async (t) => {
    const ada = await browsers.visitor(t, server.url)
    const { page, the } = ada
    await page.goto('/setup')
    await page.getByText(ada.t('setup.no_token')).waitFor()
    const line = server.log.items.find(({ setup_url }) => setup_url !== undefined)
    await page.goto(new URL(String(line?.['setup_url'])).hash.replace('#', '/setup#'))
    await the('button', ada.t('setup.submit')).click()
    await page.getByText(ada.t('auth.missing')).first().waitFor()
    await the('textbox', ada.t('setup.name')).fill('Ada’s place')
    await the('textbox', ada.t('name.label')).fill('Ada')
    await the('textbox', ada.t('auth.email')).fill('ada@example.org')
    await the('textbox', ada.t('auth.password')).fill('a long walk in the rain')
    await page.getByText(ada.t('setup.registration_invite')).click()
    await the('switch', ada.t('setup.lobby')).click()
    await the('button', ada.t('setup.submit')).click()
    await page.getByText(ada.t('setup.done')).waitFor()
    await page.getByText(ada.t('landing.lobby')).waitFor({ state: 'detached' })
    const { body } = await rest<{ name: string; setup_needed: boolean; registration: string }>(
      ...[server.url, 'GET', '/api/server'],
    )
    const login = { email: 'ada@example.org', password: 'a long walk in the rain' }
    const { access_token: token } = await ok<{ access_token: string }>(server.url, 'POST', '/api/auth/login', {
      body: login,
    })
    await ok(server.url, 'POST', '/api/messages/broadcast', { token, body: { content: 'We restart at noon' } })
    await page.getByText('We restart at noon').waitFor()
    const bob = await browsers.visitor(t, server.url)
    await bob.page.goto('/account')
    await bob.page.getByText(bob.t('auth.sign_up_invite')).waitFor()
    assert.equal(await bob.the('button', bob.t('auth.to_sign_up')).count(), 0)
    assert.deepEqual([body.name, body.setup_needed, body.registration], ['Ada’s place', false, 'invite'])
  })
})

/** Which of the stripes a picture of the server mostly shows. */
async function colourAt(url: string, path: string | null): Promise<string> {
  const answer = await fetch(url + path)
  const [red = 0, green = 0, blue = 0] = await colourOf(Buffer.from(await answer.arrayBuffer()))
  const [found] = Object.entries({ red, green, blue }).toSorted(([, one], [, other]) => other - one)
  return found?.[0] ?? ''
}

/** The user's draft, once the browser has stored it. */
async function begin(visitor: Visitor, text: string): Promise<void> {
  await composer(visitor).fill(text)
  await visitor.page.waitForFunction((kept) => Object.values(localStorage).includes(kept), text)
}

const draftOf = async (visitor: Visitor): Promise<string> => {
  await visitor.page.goto('/r/lobby')
  return composer(visitor).inputValue()
}

async function signOut({ page, the, t }: Visitor): Promise<void> {
  await page.goto('/account')
  await the('button', t('account.sign_out')).click()
  const dialog = the('dialog')
  await dialog
    .or(page.getByText(t('account.signed_out')))
    .first()
    .waitFor()
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: t('account.sign_out') }).click()
  await page.getByText(t('account.signed_out')).first().waitFor()
}

/** The stored entry that keeps the user signed in: name and value. */
const sessionOf = ({ page }: Visitor): Promise<[string, string]> =>
  page.evaluate(() => {
    const [found = ['', '']] = Object.entries(localStorage).filter(([name]) => name.endsWith(':session'))
    return found
  })

/** The browser's stored entries that belong to a user. */
const kept = ({ page }: Visitor): Promise<string[]> =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('parlor.of.')))

async function anotherTab(visitor: Visitor): Promise<Visitor> {
  const page = await visitor.context.newPage()
  return {
    ...visitor,
    page,
    the: (role, name) => page.getByRole(role, name === undefined ? {} : { name, exact: true }),
  }
}
