import { portrait } from '../../../packages/server/src/platform/media/testing/samples.ts'
import { memberOf, sendCarrying } from '../harness/carried.ts'
import { sendPicture } from '../harness/pictures.ts'
import { composer, createRoom, openSettings, say, sees } from '../harness/steps.ts'
import { choosePicture, cropDialog, savePicture } from '../harness/crop.ts'
import type { Scene } from './scene.ts'

/** Pictures of people and rooms. */
export const pictureScenes: readonly Scene[] = [
  {
    name: 'room-pictures',
    async open(ann, { server }) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'public' })
      await composer(ann).waitFor()
      const room_id = new URL(ann.page.url()).pathname.slice('/r/'.length)
      const ben = await memberOf(server.url, room_id, 'Ben')
      await sendPicture(server.url, ben, 'POST', '/api/upload-avatar', await portrait('#7aa6c2'))
      await say(ann, 'I have no picture yet.')
      await sendCarrying(server.url, ben, room_id, [], 'I do.')
      await sees(ann, 'I do.')
      await openSettings(ann)
    },
    next: [
      {
        name: 'room-crop',
        async open(ann) {
          await choosePicture(ann, await portrait('#c2a27a'))
        },
      },
      {
        name: 'rooms-with-pictures',
        async open(ann) {
          await savePicture(ann)
          await ann.page.goto('/')
          await ann.page.locator('.room-tile .portrait').first().waitFor()
        },
      },
      {
        name: 'account-crop',
        async open(ann) {
          await ann.page.goto('/account')
          await choosePicture(ann, await portrait('#9a7ac2'))
          await cropDialog(ann).getByRole('slider').fill('0.8')
        },
      },
      {
        name: 'account-picture',
        async open(ann) {
          await savePicture(ann)
          await ann.page.locator('.picture-field .portrait').waitFor()
        },
      },
    ],
  },
]
