import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { composer, createRoom, enter, openSettings } from './harness/steps.ts'
import { desktop, openBrowsers, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()
const narrow = { width: 320, height: 640 }

describe('polls', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  const poll = ({ the }: Visitor) => the('log').getByRole('group', { name: 'Tea or coffee?' })
  const dialog = ({ the }: Visitor) => the('dialog', 'New poll')

  it('[ACT7] [ACT8] [ACT9] [PL1] are asked beside the field, answered in the conversation by keyboard, and closed on the stage', async (t) => {
    const [ann, ben] = await Promise.all([browsers.visitor(t, server.url), browsers.visitor(t, server.url)])
    await createRoom(ann, 'Kitchen', { as: 'Ann' })
    await composer(ann).waitFor()
    await enter(ben, ann.page.url(), 'Ben')
    await composer(ben).fill('A draft')

    await ann.the('button', 'New poll').click()
    await dialog(ann).getByLabel('Question').fill('Tea or coffee?')
    await dialog(ann).getByLabel('Option 1').fill('Tea')
    await dialog(ann).getByRole('button', { name: 'Ask' }).click()
    await dialog(ann).getByText('Write at least two options.').waitFor()
    await dialog(ann).getByLabel('Option 2').fill('Coffee')
    await dialog(ann).getByRole('button', { name: 'Ask' }).click()
    await dialog(ann).waitFor({ state: 'detached' })

    // Whoever writes keeps focus and draft when a poll comes.
    await poll(ben).waitFor()
    assert.equal(await ben.page.evaluate(() => document.activeElement?.id), 'composer')
    assert.equal(await composer(ben).inputValue(), 'A draft')

    await poll(ben).getByRole('radio', { name: /Tea/ }).focus()
    await ben.page.keyboard.press('ArrowDown')
    await poll(ben)
      .getByRole('radio', { name: /Coffee 1 · 100%/, checked: true })
      .waitFor()
    await poll(ann)
      .getByRole('radio', { name: /Coffee 1 · 100%/, checked: false })
      .waitFor()
    await poll(ann).getByText('Tea', { exact: true }).click()
    await poll(ben).getByText('2 people voted').waitFor()
    await poll(ben).getByRole('button', { name: 'Take back my vote' }).click()
    assert.ok(await poll(ben).evaluate((field) => field === document.activeElement), 'the focus stays in the poll')
    await poll(ann)
      .getByRole('radio', { name: /Tea 1 · 100%/, checked: true })
      .waitFor()

    await poll(ann).getByRole('link', { name: 'Open in Polls' }).click()
    const stage = ann.the('region', 'Polls')
    await stage.getByRole('button', { name: 'Who voted' }).click()
    await stage.getByRole('listitem').getByText('Ann').waitFor()
    await stage.getByRole('button', { name: 'Close poll' }).click()
    await stage.getByRole('button', { name: 'Close now' }).click()
    await ann.the('heading', 'Closed polls').waitFor()
    await stage.locator('h2:focus').waitFor()
    await poll(ben)
      .getByText(/^Closed/)
      .waitFor()
    assert.equal(await poll(ben).getByRole('radio').count(), 0)

    await openSettings(ann)
    const who = ann.the('group', 'Who can create polls')
    assert.ok(await who.getByRole('radio', { name: 'Everyone' }).isChecked())
    await who.getByRole('radio', { name: 'Hosts' }).click()
    await ben.the('button', 'New poll').waitFor({ state: 'detached' })
    await who.getByRole('radio', { name: 'Nobody' }).click()
    await ben.the('link', 'Polls').waitFor({ state: 'detached' })
  })

  it('fit a window of 320 px, forced colours and right-to-left, without faults of accessibility', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const { page } = ann
    await createRoom(ann, 'Kitchen', { as: 'Ann' })
    await composer(ann).waitFor()
    await ann.the('button', 'New poll').click()
    await dialog(ann).getByLabel('Question').fill('Tea or coffee?')
    await dialog(ann).getByLabel('Option 1').fill('Tea, with milk and with sugar and with everything that there is')
    await dialog(ann).getByLabel('Option 2').fill('Coffee')
    await dialog(ann).getByRole('button', { name: 'Ask' }).click()
    await poll(ann)
      .getByRole('radio', { name: /Coffee/ })
      .check()
    const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    for (const place of ['conversation', 'stage']) {
      if (place === 'stage') await poll(ann).getByRole('link', { name: 'Open in Polls' }).click()
      for (const size of [desktop, narrow]) {
        await page.setViewportSize(size)
        for (const dir of ['ltr', 'rtl']) {
          await turn(page, dir)
          assert.ok((await beyond()) <= 0, `${place} at ${size.width} px, ${dir}`)
        }
        await page.emulateMedia({ forcedColors: 'active' })
        assert.deepEqual(await accessibilityFaults(page), [], `${place} at ${size.width} px, forced colours`)
        await page.emulateMedia({ forcedColors: 'none' })
        assert.deepEqual(await accessibilityFaults(page), [], `${place} at ${size.width} px`)
      }
      await page.setViewportSize(desktop)
      await turn(page, 'ltr')
    }
  })
})

const turn = (page: Visitor['page'], dir: string): Promise<void> =>
  page.evaluate((to) => {
    document.documentElement.dir = to
  }, dir)
