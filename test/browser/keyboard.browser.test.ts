import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Locator } from 'playwright-core'
import { startServer } from '../harness/server.ts'
import { composer, createRoom, enter, sees, texts } from './harness/steps.ts'
import { openBrowsers, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('with the keyboard alone', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('creates a room, sends a message, opens people and invite, and goes back', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    const { keyboard } = page
    await page.goto('/')
    await tabTo(ann, the('textbox', text('landing.room_name')))
    await keyboard.type('Sunday dinner')
    await tabTo(ann, page.getByRole('radio', { checked: true }))
    await keyboard.press('ArrowRight')
    assert.ok(await the('radio', text('landing.access_public')).isChecked())
    await tabTo(ann, the('button', text('landing.create_button')))
    await keyboard.press('Enter')
    await isFocused(the('textbox', text('name.label')))
    await keyboard.type('Ann')
    await keyboard.press('Enter')
    await page.waitForURL('**/r/*')
    await isFocused(composer(ann))
    await keyboard.type('Hello')
    await keyboard.press('Enter')
    await sees(ann, 'Hello')
    await isFocused(composer(ann))

    const ben = await browsers.visitor(t, server.url)
    await enter(ben, page.url(), 'Ben')
    await sees(ben, 'Hello')

    await tabTo(ann, page.getByRole('button', { name: text('people.title') }))
    await keyboard.press('Enter')
    await isFocused(the('complementary', text('people.title')))
    await tabTo(ann, the('button', text('people.about', { name: 'Ben' })))
    await keyboard.press('Enter')
    await isFocused(the('menuitem', text('member_action.make_cohost')))
    await keyboard.press('Shift+Tab')
    await the('menu').waitFor({ state: 'hidden' })
    await tabTo(ann, the('button', text('people.about', { name: 'Ben' })))
    await keyboard.press('Enter')
    await isFocused(the('menuitem', text('member_action.make_cohost')))
    await keyboard.press('ArrowDown')
    await keyboard.press('Escape')
    await isFocused(the('button', text('people.about', { name: 'Ben' })))
    await keyboard.press('Escape')
    await the('button', text('people.about', { name: 'Ben' })).waitFor({ state: 'detached' })
    await isFocused(page.getByRole('button', { name: text('people.title') }))

    await tabTo(ann, the('button', text('invite.title')).first())
    await keyboard.press('Enter')
    await the('dialog', text('invite.title')).waitFor()
    await keyboard.press('Escape')
    await isFocused(the('button', text('invite.title')).first())

    await tabTo(ann, the('link', text('app.home')))
    await keyboard.press('Enter')
    await the('heading', text('landing.mine')).waitFor()
    assert.deepEqual(await texts(ben), ['Hello'])
  })

  it('Enter that accepts a word of an input method does not send, also as Safari reports it', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Sunday dinner', { as: 'Ann' })
    await composer(ann).fill('日曜日')
    for (const reported of [{ isComposing: true }, { isComposing: false, keyCode: 229 }]) {
      const isLeftToBrowser = await composer(ann).evaluate(
        (field, how) =>
          field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...how })),
        reported,
      )
      assert.ok(isLeftToBrowser, JSON.stringify(reported))
      assert.equal(await composer(ann).inputValue(), '日曜日')
    }
    await composer(ann).press('Enter')
    await sees(ann, '日曜日')
  })
})

/** Presses Tab until the element has focus. */
async function tabTo({ page }: Visitor, target: Locator): Promise<void> {
  await target.first().waitFor({ state: 'attached' })
  for (let presses = 0; presses < 40; presses++) {
    if (await hasFocus(target)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`forty times Tab does not lead to ${target.toString()}`)
}

const hasFocus = (target: Locator) => target.first().evaluate((element) => element === document.activeElement)

/** Waits until the element has got focus by itself. */
async function isFocused(target: Locator): Promise<void> {
  await target.first().waitFor()
  await target
    .page()
    .waitForFunction((element) => element === document.activeElement, await target.first().elementHandle())
}
