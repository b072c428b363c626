import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { inView, movedBy } from './harness/log-view.ts'
import { composer, createRoom, enter, say } from './harness/steps.ts'
import { desktop, openBrowsers, phone, type Visitor } from './harness/visitor.ts'
import { type Server, startServer } from '../harness/server.ts'
import { Copy, filesOf } from '../new-feature/copy.ts'

const activities = 'packages/web/src/activities'
const folder = `${activities}/tea-break`
const list = `${activities}/list.ts`
const low = { width: 844, height: 390 }
const medium = { width: 1000, height: 700 }

const browsers = await openBrowsers()

describe('the activity of docs/new-activity.md, added to a copy of the repository', { skip: browsers.missing }, () => {
  let copy: Copy
  let server: Server
  before(async () => {
    copy = new Copy()
    for (const [path, text] of filesOf(copy.read('docs/new-activity.md'))) copy.write(`${folder}/${path}`, text)
    const [imported = ''] = /^import .*\n/m.exec(copy.read('docs/new-activity.md')) ?? []
    const others = /(others: readonly Activity\[\] = \[)/
    assert.match(copy.read(list), others)
    copy.write(list, imported + copy.read(list).replace(others, '$1teaBreak, '))
    const built = copy.run('packages/web/build.ts')
    assert.ok(built.passes, built.said)
    const program = join(copy.root, 'packages/server/src/main.ts')
    server = await startServer({ program, env: { NODE_COMPILE_CACHE: copy.compiled } })
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    copy[Symbol.dispose]()
  })

  /** Ann reads and writes in a room with Ben, who can start a break. */
  async function together(t: TestContext): Promise<{ ann: Visitor; ben: Visitor; room: string }> {
    const [ann, ben] = await Promise.all([browsers.visitor(t, server.url), browsers.visitor(t, server.url)])
    await createRoom(ann, 'Kitchen', { as: 'Ann' })
    await composer(ann).waitFor()
    const room = ann.page.url()
    await enter(ben, `${room}?activity=tea-break`, 'Ben')
    await button(ben, 'Take a break').waitFor()
    return { ann, ben, room }
  }

  it('[ACT1] touches its folder and the list, and compiles', () => {
    assert.deepEqual(
      copy.changed().filter((path) => path !== list && !path.startsWith(`${folder}/`) && !/\bdist\//.test(path)),
      [],
    )
    const compiled = copy.run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'packages/web')
    assert.ok(compiled.passes, compiled.said)
  })

  it('[ACT2] is a chunk of its own, loaded when it is first shown, with its texts', async (t) => {
    const having = globSync(`${copy.root}/packages/web/dist/assets/*.js`).filter((file) =>
      readFileSync(file, 'utf8').includes('Hacer una pausa'),
    )
    assert.equal(having.length, 1)
    const ann = await browsers.visitor(t, server.url, { locale: 'es-ES' })
    const asked: string[] = []
    ann.page.on('request', (request) => asked.push(request.url()))
    await createRoom(ann, 'Cocina', { as: 'Ana' })
    await composer(ann).waitFor()
    const isAsked = () => asked.some((url) => having.some((file) => url.endsWith(file.replace(/^.*\//, ''))))
    assert.ok(!isAsked())
    await ann.the('link', 'Pausa').click()
    await button(ann, 'Hacer una pausa').waitFor()
    assert.ok(isAsked())
  })

  it('[ACT5] nothing moves for a writer while it starts, is joined and ends', async (t) => {
    const { ann, ben } = await together(t)
    await say(ann, 'The beginning')
    for (let line = 1; line <= 30; line++) await say(ann, `Line ${line}`)
    await composer(ann).fill('A draft of mine')
    for (let steps = 0; steps < 8; steps++) await composer(ann).press('ArrowLeft')
    await ann.page.mouse.move(600, 400)
    await ann.page.mouse.wheel(0, -300)
    const before = { read: await inView(ann.page), written: await writing(ann), at: await composer(ann).boundingBox() }
    const isSame = async (when: string) => {
      assert.equal(movedBy(before.read, await inView(ann.page)), 0, when)
      assert.deepEqual(await writing(ann), before.written, when)
      assert.deepEqual(await composer(ann).boundingBox(), before.at, when)
    }
    await button(ben, 'Take a break').click()
    await strip(ann).waitFor()
    await isSame('it started')
    const cat = await browsers.visitor(t, server.url)
    await enter(cat, ben.page.url(), 'Cat')
    await button(cat, 'Take a break').click()
    await cat.page.getByText('2 people are on a break').waitFor()
    await isSame('another one joined')
    await button(cat, 'Back to work').click()
    await button(ben, 'Back to work').click()
    await strip(ann).waitFor({ state: 'detached' })
    await isSame('it ended')
  })

  it('[ACT3] the conversation moves beside it and back as the same element, with the caret where it was', async (t) => {
    const { ann, room } = await together(t)
    const { page, the } = ann
    await say(ann, 'Hello')
    await composer(ann).fill('A draft of mine')
    await composer(ann).press('ArrowLeft')
    const written = await writing(ann)
    const field = await composer(ann).elementHandle()
    for (const [name, address] of [
      ['Tea break', `${room}?activity=tea-break`],
      ['Chat', room],
    ] as const) {
      // A press on a link would take the focus by itself.
      await the('link', name).evaluate((link) => link instanceof HTMLElement && link.click())
      await page.waitForURL(address)
      await the('link', name).and(page.locator('[aria-current=page]')).waitFor()
      assert.deepEqual(await writing(ann), written)
      assert.ok(await composer(ann).evaluate((now, then) => now === then, field))
      assert.ok(await the('log').isVisible())
    }
    await page.goBack()
    await button(ann, 'Take a break').waitFor()
    await page.reload()
    await button(ann, 'Take a break').waitFor()
    assert.equal(await composer(ann).inputValue(), 'A draft of mine')
  })

  it('[ACT6] a strip says that it is live; a press lets it fill, and who closed it sees it when it starts again', async (t) => {
    const { ann, ben, room } = await together(t)
    const said = ann.page.locator('[data-running]')
    assert.equal(await said.textContent(), '')
    await button(ben, 'Take a break').click()
    await strip(ann).waitFor()
    assert.equal(await said.textContent(), ann.t('activity.runs', { activity: 'Tea break' }))
    await strip(ann)
      .getByRole('button', { name: ann.t('activity.hide', { activity: 'Tea break' }) })
      .click()
    await strip(ann).waitFor({ state: 'detached' })
    await button(ben, 'Back to work').click()
    await ann.page.waitForFunction(() => document.querySelector('[data-running]')?.textContent === '')
    await button(ben, 'Take a break').click()
    await strip(ann)
      .getByRole('link', { name: ann.t('activity.join') })
      .click()
    await button(ann, 'Take a break').waitFor()
    assert.equal(ann.page.url(), `${room}?activity=tea-break`)
    assert.equal(await strip(ann).count(), 0)
    await ann.page.waitForFunction(() => document.activeElement?.classList.contains('stage'))
  })

  it('[FR1] [FR3] the conversation stands beside it, below it on a phone, and beside it on a phone on its side', async (t) => {
    const { ann } = await together(t)
    const { page, the } = ann
    await the('link', 'Tea break').click()
    await button(ann, 'Take a break').waitFor()
    for (const [size, where] of [
      [desktop, 'beside'],
      [medium, 'beside'],
      [phone, 'below'],
      [low, 'beside'],
    ] as const) {
      await page.setViewportSize(size)
      await page.goto(`${page.url().split('?')[0]}?activity=tea-break&panel=chat`)
      await the('complementary', 'Chat').waitFor()
      const [stage, log] = [await page.locator('.stage').boundingBox(), await the('log').boundingBox()]
      assert.ok(stage && log)
      const place = [log.x - stage.x - stage.width, log.y - stage.y - stage.height].map(Math.round)
      const [beside = -1, below = -1] = place
      assert.ok((where === 'beside' ? beside : below) >= 0, `${size.width} px: ${place.join(', ')}`)
      await say(ann, `On ${size.width} px`)
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0)
    }
    await page.setViewportSize(phone)
    await the('complementary', 'Chat')
      .getByRole('button', { name: ann.t('ui.close') })
      .click()
    await the('log').waitFor({ state: 'hidden' })
    assert.ok(await button(ann, 'Take a break').isVisible())
  })
})

const button = ({ the }: Visitor, name: string) => the('button', name)
const strip = ({ the }: Visitor) => the('group', 'Tea break')

/** Where the focus is, and the caret and draft there. */
const writing = ({ page }: Visitor) =>
  page.evaluate(() => {
    const focused = document.activeElement
    if (!(focused instanceof HTMLTextAreaElement)) return null
    return { id: focused.id, draft: focused.value, caret: focused.selectionStart }
  })
