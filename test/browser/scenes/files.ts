import { imageWithPlace, mp4, tone } from '../../../packages/server/src/platform/media/testing/samples.ts'
import { memberOf, sendCarrying } from '../harness/carried.ts'
import { composer, createRoom, sees } from '../harness/steps.ts'
import type { Scene } from './scene.ts'

/** Messages that carry files. */
export const fileScenes: readonly Scene[] = [
  {
    name: 'room-files',
    async open(ann, { server }) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'public' })
      await composer(ann).waitFor()
      const room_id = new URL(ann.page.url()).pathname.slice('/r/'.length)
      const ben = await memberOf(server.url, room_id, 'Ben')
      const wide = await imageWithPlace({ width: 800, height: 500 })
      const high = await imageWithPlace({ width: 300, height: 600 })
      const pictures = [wide, high, wide].map((bytes, at) => ({ name: `${at}.jpg`, bytes, alt: `Dish ${at}` }))
      await sendCarrying(server.url, ben, room_id, pictures, 'How it went last time')
      await sendCarrying(server.url, ben, room_id, [
        { name: 'table.jpg', bytes: await imageWithPlace({ width: 320, height: 120 }), alt: 'The table' },
        { name: 'A recipe with a name that is longer than the card.txt', bytes: 'Rice, saffron' },
        { name: 'bell.wav', bytes: tone(1) },
        { name: 'clip.mp4', bytes: await mp4() },
      ])
      await sees(ann, 'How it went last time')
      await ann.the('img', 'The table').waitFor()
      // Which codecs there are is up to the build of the browser.
      await ann.page
        .locator('video')
        .or(ann.page.getByText(ann.t('file.unplayable')))
        .waitFor()
    },
    next: [
      {
        name: 'room-sound',
        async open({ the, t }) {
          const bell = the('group', 'bell.wav')
          await bell.getByRole('button', { name: t('player.play') }).click()
          await bell.getByRole('button', { name: t('player.play') }).waitFor()
        },
      },
      {
        name: 'room-files-tab',
        async open({ page, the, t }) {
          await page.getByRole('button', { name: t('people.title') }).click()
          await the('tab', t('files.title')).click()
          await page.locator('.media-grid li').nth(4).waitFor()
        },
      },
      {
        name: 'room-files-tab-sound',
        async open({ page, the, t }) {
          await the('button', t('files.audio')).click()
          await page.locator('.file-list .audio-player').waitFor()
        },
      },
      {
        name: 'room-files-tab-empty',
        async open({ page, the, t }) {
          await page.route('**/files?*', (route) => route.fulfill({ json: { files: [], next_cursor: null } }))
          await the('button', t('files.media')).click()
          await page.getByText(t('files.no_media')).waitFor()
          await page.unroute('**/files?*')
        },
      },
      {
        name: 'room-viewer',
        async open({ page, the, t }) {
          await page.getByRole('button', { name: t('people.title') }).click()
          await the('link', 'Dish 1').click()
          await the('dialog', t('viewer.title'))
            .getByText(/^2 of /)
            .waitFor()
          await page.waitForFunction(() => document.querySelector<HTMLImageElement>('.viewer-picture img')?.complete)
        },
      },
      {
        name: 'room-viewer-enlarged',
        async open({ page }) {
          for (let times = 0; times < 3; times++) await page.keyboard.press('+')
        },
      },
    ],
  },
]
