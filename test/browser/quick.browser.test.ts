import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Locator } from 'playwright-core'
import { columnTexts } from '../../packages/web/src/shell/rooms/column-texts.ts'
import { createRoom, ok } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import type { Session } from '../harness/wire.ts'
import { busyRoom, sendAll } from './harness/busy-room.ts'
import { held, largestPaint, watchInteractions } from './harness/measure.ts'
import { comeIn, composer, enter, sees, signUp } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('performance of a room', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('a key press is shown within 100 ms while 50 messages a second arrive', async (t) => {
    const { room_id, talk } = await busyRoom(server.url)
    const ann = await browsers.visitor(t, server.url)
    await enter(ann, `/r/${room_id}`, 'Ann')
    using talking = talk(50)
    await sees(ann, 'Talk 50')
    const interactions = await watchInteractions(ann.page)
    const text = 'Everybody talks, and I can still write this.'
    await composer(ann).pressSequentially(text, { delay: 60 })
    const slowest = await interactions.slowest()
    assert.equal(await composer(ann).inputValue(), text)
    const [worst = 0, second = 0, third = 0] = slowest
    t.diagnostic(`slowest of ${text.length} keys: ${worst}, ${second}, ${third} ms`)
    // The 95th percentile of 44 keys is the third slowest; the browser does not report keys under 16 ms.
    assert.ok(third <= 100, `${slowest.join(', ')} ms`)
    assert.ok(talking.sent >= 100, 'others talked meanwhile')
  })

  it('with a CPU four times slower, a room and the start page are painted within 1 s', async (t) => {
    const { room_id, senders } = await busyRoom(server.url)
    await sendAll(senders, room_id, 1, 100)
    const ann = await browsers.visitor(t, server.url)
    await enter(ann, `/r/${room_id}`, 'Ann')
    await sees(ann, /^Message/)
    for (const address of [`/r/${room_id}`, '/']) {
      const times: number[] = []
      for (let time = 0; time < 5; time++) times.push(await largestPaint(ann, address))
      const [, , median = Infinity] = times.toSorted((a, b) => a - b)
      t.diagnostic(`${address}: ${times.map(Math.round).join(', ')} ms`)
      assert.ok(median <= 1000, `the median of ${times.map(Math.round).join(', ')} ms`)
    }
  })

  it('[SH4] [SH10] with 200 rooms beside the page a press is shown within 100 ms, and switching rooms holds no memory', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page, the, t: text } = ann
    await comeIn(ann, 'Ann')
    const { email, password } = await signUp(ann)
    const { access_token: token } = await ok<Session>(server.url, 'POST', '/api/auth/login', {
      body: { email, password },
    })
    const names = Array.from({ length: 200 }, (_, number) => `Room ${number + 1}`)
    for (const name of names) await createRoom(server.url, { id: '', name: 'Ann', token }, { name })
    await page.goto('/')
    const rooms = the('navigation', text('rail.rooms'))
    const links = rooms.getByRole('link')
    // Just after the first page the list may be read anew, and a press meanwhile brings nothing new: it is pressed again.
    const more = rooms.locator('button', { hasText: text('ui.more') })
    for (let presses = 0; presses < 40 && (await links.count()) < names.length; presses++) {
      if (await more.isVisible()) await more.press('Enter')
      await page.waitForTimeout(100)
    }
    assert.equal(await links.count(), names.length)
    const open = async (name: string, press: (link: Locator) => Promise<void>) => {
      await press(rooms.getByRole('link', { name: new RegExp(`^${name}(?!\\d)`) }))
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
      await composer(ann).waitFor()
    }
    const interactions = await watchInteractions(page)
    for (const name of names.slice(0, 20)) {
      await open(name, (link) => link.click())
      await composer(ann).press('a')
    }
    const filter = the('searchbox', columnTexts.en.filter)
    for (let time = 0; time < 3; time++) {
      await filter.pressSequentially('room 19', { delay: 60 })
      await links.nth(11).waitFor({ state: 'detached' })
      await filter.press('ArrowDown')
      assert.ok(await links.first().evaluate((link) => link === document.activeElement))
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Escape')
      await links.nth(names.length - 1).waitFor({ state: 'attached' })
      assert.ok(await filter.evaluate((field) => field === document.activeElement))
    }
    const slowest = await interactions.slowest()
    const [worst = 0, second = 0, third = 0] = slowest
    t.diagnostic(`slowest of 70 presses: ${worst}, ${second}, ${third} ms`)
    assert.ok(third <= 100, `${slowest.join(', ')} ms`)

    const switchRooms = async (times: number) => {
      for (let time = 0; time < times; time++) {
        const name = names[(time * 7) % names.length] ?? ''
        await open(name, (link) => link.evaluate((element) => void (element instanceof HTMLElement && element.click())))
      }
    }
    const before = await held(ann)
    await switchRooms(200)
    const after = await held(ann)
    const grown = (after.bytes - before.bytes) / 1e6
    t.diagnostic(`after 200 switches the heap holds ${grown.toFixed(2)} MB more`)
    assert.ok(grown < 10, `${grown} MB`)
  })
})
