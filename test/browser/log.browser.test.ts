import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Locator } from 'playwright-core'
import { startServer } from '../harness/server.ts'
import { memberOf, sendCarrying } from './harness/carried.ts'
import { inView } from './harness/log-view.ts'
import { roomsOn } from './harness/rooms.ts'
import { closeDialog, composer, openSettings, say } from './harness/steps.ts'
import { desktop, openBrowsers, phone } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('the messages of a room in the window', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  const { roomOf } = roomsOn(browsers, server.url)

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
    const ann = await roomOf(t, { viewport: { width: 700, height: 400 }, reducedMotion: 'no-preference' })
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
})
