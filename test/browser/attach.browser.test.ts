import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, describe, it, type TestContext } from 'node:test'
import { imageWithPlace } from '../../packages/server/src/platform/media/testing/samples.ts'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { attach, attachments, nearFiles } from './harness/attach-steps.ts'
import { composer, createRoom, enter, say, sees } from './harness/steps.ts'
import { openBrowsers, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('files on their way into a message', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())
  const photo = await imageWithPlace({ width: 640, height: 480 })
  const picture = { name: 'table.jpg', mimeType: 'image/jpeg', buffer: photo }
  const recording = await readFile(
    new URL('../../packages/server/src/platform/media/testing/voice-note.webm', import.meta.url),
  )
  const text = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('Rice, saffron') })

  /** Ann hosts an open room, and Ben is in it. */
  async function together(t: TestContext, options: { isPhone?: boolean } = {}) {
    const ann = await browsers.visitor(t, server.url, options)
    const ben = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Sunday dinner', { as: 'Ann' })
    await enter(ben, ann.page.url(), 'Ben')
    await composer(ben).waitFor()
    await nearFiles(ann)
    return { ann, ben }
  }

  /** Uploads cannot go on until the function that this answers is called. */
  async function stopUploads({ page, faults }: Visitor): Promise<() => Promise<void>> {
    faults.allowNetworkFailures()
    const pieces = '**/api/uploads/*'
    await page.route(pieces, (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()))
    return () => page.unroute(pieces)
  }

  it('[AT1] [AT2] chosen files are sent with a text, and a picture with what it shows; by keyboard too', async (t) => {
    const { ann, ben } = await together(t)
    const chooser = ann.page.waitForEvent('filechooser')
    await ann.the('button', ann.t('attach.add')).focus()
    await ann.page.keyboard.press('Enter')
    await (await chooser).setFiles([picture, text('recipe.txt')])
    await ann.the('textbox', ann.t('attach.alt', { name: 'table.jpg' })).fill('The table is laid')
    await ann.page.getByText(ann.t('attach.told', { all: 2, ready: 2, failed: 0 })).waitFor({ state: 'attached' })
    assert.deepEqual(await accessibilityFaults(ann.page), [])
    await say(ann, 'As promised')
    await ben.the('img', 'The table is laid').waitFor()
    await sees(ben, 'As promised')
    await ben.the('link', /recipe\.txt/).waitFor()
    await attachments(ann).waitFor({ state: 'detached' })
  })

  it('[AT6] the buttons work before their code is loaded, and the field does not move when it is', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    const held = Promise.withResolvers<void>()
    await ann.page.route('**/assets/extras-*.js', async (route) => {
      await held.promise
      await route.continue()
    })
    await createRoom(ann, 'Sunday dinner', { as: 'Ann' })
    const field = await composer(ann).boundingBox()
    await attach(ann, [text('recipe.txt')])
    held.resolve()
    await attachments(ann).getByText('recipe.txt').waitFor()
    await ann.the('button', ann.t('attach.remove', { name: 'recipe.txt' })).click()
    await attachments(ann).waitFor({ state: 'detached' })
    assert.deepEqual(await composer(ann).boundingBox(), field)
  })

  it('[AT1] files are pasted, and dropped anywhere over the messages; without a text they are sent alone', async (t) => {
    const { ann, ben } = await together(t)
    await ann.page.evaluate(
      (bytes) => {
        const data = new DataTransfer()
        data.items.add(new File([Uint8Array.from(bytes)], 'pasted.jpg', { type: 'image/jpeg' }))
        document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
      },
      [...photo],
    )
    await attachments(ann).getByText('pasted.jpg').waitFor()
    await ann.page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['Rice'], 'dropped.txt', { type: 'text/plain' }))
      const over = document.querySelector('[role=log]')
      for (const type of ['dragover', 'drop'])
        over?.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    })
    await attachments(ann).getByText('dropped.txt').waitFor()
    await ann.the('button', ann.t('composer.send')).click()
    await ben.the('img', 'pasted.jpg').waitFor()
    await ben.the('link', /dropped\.txt/).waitFor()
  })

  it('[AT2] [AT3] a message that waits for its files delays none, outlives a reload, and is sent when they have come', async (t) => {
    const { ann, ben } = await together(t)
    const release = await stopUploads(ann)
    await attach(ann, [picture])
    await say(ann, 'With a picture')
    const waiting = ann.the('log').getByRole('list', { name: ann.t('attach.label') })
    await waiting.getByText('table.jpg').waitFor()
    await say(ann, 'Meanwhile')
    await sees(ben, 'Meanwhile')
    await ann.page.reload()
    await waiting.getByText('table.jpg').waitFor()
    assert.equal(await ben.page.getByText('With a picture').count(), 0)
    await release()
    await sees(ben, 'With a picture')
    await ben.the('img', 'table.jpg').waitFor()
    await waiting.waitFor({ state: 'detached' })
    // Nothing is kept of what has arrived.
    await ann.page.reload()
    await ann.the('img', 'table.jpg').waitFor()
    await nearFiles(ann)
    assert.equal(await attachments(ann).count(), 0)
  })

  it('[AT3] the tray outlives a reload, and nothing of it stays when the user signs out', async (t) => {
    const { ann } = await together(t)
    const release = await stopUploads(ann)
    await attach(ann, [text('recipe.txt')])
    await attachments(ann).getByText(ann.t('attach.waits')).waitFor()
    await ann.page.reload()
    await nearFiles(ann)
    await attachments(ann).getByText('recipe.txt').waitFor()
    await release()
    await attachments(ann).getByRole('progressbar').waitFor({ state: 'detached' })
    const kept = () => ann.page.evaluate(async () => (await indexedDB.databases()).map(({ name = '' }) => name))
    assert.match((await kept()).join(), /^parlor\.of\..+\.files$/)
    await ann.page.goto('/account')
    await ann.the('button', ann.t('account.sign_out')).click()
    await ann
      .the('dialog')
      .getByRole('button', { name: ann.t('account.sign_out') })
      .click()
    await ann.page.getByText(ann.t('account.signed_out')).first().waitFor()
    assert.deepEqual(await kept(), [])
  })

  it('[AT1] [AT4] what cannot be sent, or not now, is explained; what failed holds the message back, and can be removed', async (t) => {
    const { ann, ben } = await together(t)
    const broken = { name: 'scan.png', mimeType: 'image/png', buffer: photo.subarray(0, 400) }
    await attach(ann, [broken, ...Array.from({ length: 10 }, (_, n) => text(`${n}.txt`))])
    await ann.page.getByText(ann.t('attach.too_many', { count: 10 })).waitFor()
    await attachments(ann).getByText(ann.t('attach.unsupported_type')).waitFor()
    await ann.page.getByText(ann.t('attach.told', { all: 10, ready: 9, failed: 1 })).waitFor({ state: 'attached' })
    assert.ok(await ann.the('button', ann.t('composer.send')).isDisabled())
    assert.deepEqual(await accessibilityFaults(ann.page), [])
    await ann.the('button', ann.t('attach.remove', { name: 'scan.png' })).click()
    await ann.the('button', ann.t('composer.send')).click()
    await ben.the('link', /8\.txt/).waitFor()

    // A pause is told as well, and ends by itself.
    ann.faults.allowNetworkFailures()
    const body = JSON.stringify({ error: 'Full', code: 'storage_unavailable', retry: 'later' })
    await ann.page.route('**/api/uploads/*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body }),
    )
    await attach(ann, [text('late.txt')])
    await attachments(ann).getByText(ann.t('error.storage_unavailable')).waitFor()
    await ann.page.unroute('**/api/uploads/*')
    await attachments(ann).getByRole('progressbar').waitFor({ state: 'detached' })
    assert.equal(await attachments(ann).getByText(ann.t('error.storage_unavailable')).count(), 0)
  })

  it('[AT1] [AT2] on a phone a menu offers the camera; files are sent by touch, and the only file of a message takes it along', async (t) => {
    const { ann, ben } = await together(t, { isPhone: true })
    await ann.the('button', ann.t('attach.add')).tap()
    await ann.the('menuitem', ann.t('attach.photograph')).waitFor()
    const chooser = ann.page.waitForEvent('filechooser')
    await ann.the('menuitem', ann.t('attach.choose')).tap()
    await (await chooser).setFiles([picture])
    await attachments(ann).getByText('table.jpg').waitFor()
    await ann.page.setViewportSize({ width: 360, height: 640 })
    assert.equal(await ann.page.evaluate(() => document.documentElement.scrollWidth), 360)
    await ann.the('button', ann.t('composer.send')).tap()
    await ben.the('img', 'table.jpg').waitFor()

    // The only file of a message that waits.
    await stopUploads(ann)
    const again = ann.page.waitForEvent('filechooser')
    await ann.the('button', ann.t('attach.add')).tap()
    await ann.the('menuitem', ann.t('attach.choose')).tap()
    await (await again).setFiles([{ ...picture, name: 'other.jpg' }])
    await ann.the('button', ann.t('composer.send')).tap()
    await ann
      .the('log')
      .getByRole('button', { name: ann.t('attach.remove', { name: 'other.jpg' }) })
      .tap()
    await ann.the('log').getByRole('article').nth(1).waitFor({ state: 'detached' })
    assert.equal(await ann.the('log').getByRole('article').count(), 1)
  })

  it('[VN1] [VN2] [VN3] [VN4] a blocked microphone is explained; a voice note is discarded, or paused and sent with its waveform; [AT5] so is chosen sound', async (t) => {
    const { ann, ben } = await together(t)
    // The browser of the tests allows it to everyone.
    await ann.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Denied', 'NotAllowedError'))
    })
    await ann.the('button', ann.t('voice.record')).click()
    await ann.page.getByText(ann.t('voice.denied')).waitFor()
    assert.deepEqual(await accessibilityFaults(ann.page), [])
    await ann.the('button', ann.t('ui.close')).click()
    await ann.page.evaluate(() => Reflect.deleteProperty(navigator.mediaDevices, 'getUserMedia'))
    await ann.the('button', ann.t('voice.record')).click()
    await ann.the('button', ann.t('voice.discard')).click()
    await ann.the('button', ann.t('voice.record')).waitFor()
    assert.equal(await ann.the('log').getByRole('article').count(), 0)

    await ann.the('button', ann.t('voice.record')).click()
    const note = ann.the('group', ann.t('voice.title'))
    await note.getByText('0:01').waitFor()
    await ann.the('button', ann.t('voice.pause')).click()
    await ann.page.getByText(ann.t('voice.paused'), { exact: true }).waitFor({ state: 'attached' })
    assert.deepEqual(await accessibilityFaults(ann.page), [])
    await ann.the('button', ann.t('voice.resume')).click()
    await ann.the('button', ann.t('voice.send')).press('Enter')
    await note.waitFor({ state: 'detached' })
    await ben.the('button', new RegExp(`^${ben.t('player.play')}`)).waitFor()
    const room_id = new URL(ann.page.url()).pathname.slice('/r/'.length)
    const lastFile = async () =>
      JSON.parse(await (await fetch(`${server.url}/api/rooms/${room_id}/messages`)).text()).messages.at(-1).files[0]
    const recorded = await lastFile()
    assert.deepEqual([recorded.kind, recorded.waveform.length], ['audio', 100])
    assert.ok(Math.max(...recorded.waveform) > 0.05, 'the beeps are in it')

    const chooser = ann.page.waitForEvent('filechooser')
    await ann.the('button', ann.t('attach.add')).click()
    await (await chooser).setFiles([{ name: 'memo.webm', mimeType: 'audio/webm', buffer: recording }])
    await say(ann, 'A memo')
    await sees(ben, 'A memo')
    const chosen = await lastFile()
    assert.deepEqual([chosen.name, chosen.kind, chosen.waveform.length], ['memo.webm', 'audio', 100])
  })
})
