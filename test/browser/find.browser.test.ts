import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { directoryTexts } from '../../packages/web/src/pages/directory/directory-texts.ts'
import { paletteTexts } from '../../packages/web/src/palette/palette-texts.ts'
import { menuTexts } from '../../packages/web/src/shell/rooms/menu-texts.ts'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { composer, createRoom, createRoomByForm, enter, say, sees } from './harness/steps.ts'
import { openBrowsers, phone } from './harness/visitor.ts'

const browsers = await openBrowsers()
const { en: words } = paletteTexts
const { en: menu } = menuTexts
const { en: found } = directoryTexts

describe('finding rooms', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('[SH6] [SH8] the palette finds rooms, people and actions by the keyboard alone, and gives the focus back', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the } = ann
    await createRoom(ann, 'Tea house', { as: 'Ann' })
    const tea = page.url()
    const bob = await browsers.visitor(t, server.url)
    await enter(bob, tea, 'Bob Miller')
    await composer(bob).waitFor()
    await createRoomByForm(ann, 'Books')
    await composer(ann).fill('A draft')
    await page.keyboard.press('Control+K')
    const field = the('combobox', words.field)
    await field.waitFor()
    assert.ok(await field.evaluate((element) => element === document.activeElement))
    await the('option', /Tea house/).waitFor()
    assert.deepEqual(await accessibilityFaults(page), [])
    await page.keyboard.type('mill')
    const person = the('option', /Bob Miller/)
    await person.waitFor()
    assert.equal(await person.getAttribute('aria-selected'), 'true')
    assert.equal(await field.getAttribute('aria-activedescendant'), await person.getAttribute('id'))
    await page.keyboard.press('Escape')
    await field.waitFor({ state: 'detached' })
    assert.ok(await composer(ann).evaluate((element) => element === document.activeElement))
    assert.equal(await composer(ann).inputValue(), 'A draft')
    await page.keyboard.press('Control+K')
    await field.fill('tea')
    await the('option', /Tea house/).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(tea)
    // What was chosen comes first the next time.
    await page.keyboard.press('Control+K')
    const recent = the('group', words.recent)
    await recent.getByRole('option', { name: /Tea house/ }).waitFor()
    await field.fill('nothing like it')
    await the('status').filter({ hasText: 'nothing like it' }).waitFor()
    await page.keyboard.press('Escape')
  })

  it('[SH6] the palette works by touch, from the bar of a phone', async (t) => {
    const ann = await browsers.visitor(t, server.url, { viewport: phone, isPhone: true })
    const { page, the, t: text } = ann
    await createRoom(ann, 'Choir', { as: 'Ann' })
    await page.goto('/account')
    await the('button', text('rail.search')).tap()
    await the('option', /Choir/).tap()
    await page.waitForURL('**/r/*')
    await composer(ann).waitFor()
  })

  it('[SH5] [SH9] a row’s menu makes favourites and groups, and turns notifications off, by the keyboard', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await createRoom(ann, 'Garden', { as: 'Ann' })
    await say(ann, 'The beans are up')
    await createRoomByForm(ann, 'Kitchen')
    await composer(ann).and(page.locator(':focus')).waitFor()
    const options = (name: string) => the('button', menu.menu.replace('{name}', name))
    const inSection = (section: string, room: string) =>
      page.getByRole('region', { name: section }).getByRole('link', { name: new RegExp(room) })
    const end = page.getByRole('listitem').filter({ hasText: 'Garden' }).locator('time')
    await options('Garden').focus()
    const [dots, time] = await Promise.all([options('Garden').boundingBox(), end.boundingBox()])
    assert.ok(dots && time && time.x + time.width <= dots.x, JSON.stringify({ dots, time }))
    await page.keyboard.press('Enter')
    // The menu is shown a moment before its first entry has the focus.
    await the('menuitem', menu.favorite).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    // Nothing moves while the focus is in the column.
    await composer(ann).focus()
    await inSection(text('rooms.favorites'), 'Garden').waitFor()
    await options('Kitchen').click()
    await the('menuitem', menu.group).click()
    await the('button', menu.create_group).click()
    await page.getByText(menu.group_missing).waitFor()
    await the('textbox', menu.new_group).fill('Home')
    await page.keyboard.press('Enter')
    await the('dialog').waitFor({ state: 'detached' })
    await composer(ann).focus()
    await page.mouse.move(900, 400)
    await inSection('Home', 'Kitchen').waitFor()
    await options('Kitchen').click()
    await the('menuitem', text('room.quiet')).click()
    await options('Kitchen').click()
    await the('menuitem', text('room.notify')).waitFor()
    await page.keyboard.press('Escape')
    await page.reload()
    await inSection(text('rooms.favorites'), 'Garden').waitFor()
    await inSection('Home', 'Kitchen').waitFor()
    assert.deepEqual(await accessibilityFaults(page), [])
  })

  it('[SH8] [W16] the tab says how many rooms are unread, and Alt and the down arrow go to the next unread room', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Harbour', { as: 'Ann' })
    const harbour = ann.page.url()
    const bob = await browsers.visitor(t, server.url)
    await enter(bob, harbour, 'Bob')
    await composer(bob).waitFor()
    await createRoomByForm(ann, 'Island')
    await composer(ann).waitFor()
    await say(bob, 'Ships are coming in')
    await ann.page
      .getByRole('region', { name: ann.t('rooms.unread') })
      .getByRole('link', { name: /Harbour/ })
      .waitFor()
    const tab = (isUnread: boolean) =>
      ann.page.waitForFunction(
        (mark) =>
          document.title.startsWith('(1) ') === mark &&
          document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href.includes('unread') === mark,
        isUnread,
      )
    await tab(true)
    await ann.page.keyboard.press('Alt+ArrowDown')
    await ann.page.waitForURL(harbour)
    await sees(ann, 'Ships are coming in')
    await tab(false)
  })

  it('[SH7] the page of public rooms finds them by name, and says when there are none', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the } = ann
    await createRoom(ann, 'Café Central', { as: 'Ann' })
    await composer(ann).waitFor()
    const stranger = await browsers.visitor(t, server.url)
    await stranger.page.goto('/rooms')
    await stranger.the('heading', found.heading).waitFor()
    await stranger.the('textbox', found.search).fill('cafe')
    const line = stranger.the('link', /Café Central/)
    await line.waitFor()
    await stranger.the('link', /Garden/).waitFor({ state: 'detached' })
    assert.deepEqual(await accessibilityFaults(stranger.page), [])
    await stranger.the('textbox', found.search).fill('no such room')
    await stranger.page.getByText(found.no_match.replace('{query}', 'no such room')).waitFor()
    await page.goto('/rooms')
    await the('main')
      .getByRole('link', { name: /Café Central/ })
      .click()
    await page.waitForURL('**/r/*')
  })
})
