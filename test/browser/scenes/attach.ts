import { imageWithPlace } from '../../../packages/server/src/platform/media/testing/samples.ts'
import { attach, attachments, nearFiles } from '../harness/attach-steps.ts'
import { composer, createRoom, say } from '../harness/steps.ts'
import type { Visitor } from '../harness/visitor.ts'
import type { Scene } from './scene.ts'

/** Pieces of uploads do not arrive from here on. */
async function holdUploads({ page, faults }: Visitor): Promise<void> {
  faults.allowNetworkFailures()
  await page.route('**/api/uploads/*', (route) => {
    return route.request().method() === 'PATCH' ? route.abort() : route.continue()
  })
}

/** Files on their way into a message, and voice notes. */
export const attachScenes: readonly Scene[] = [
  {
    name: 'room-attachments',
    async open(ann) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann' })
      await composer(ann).waitFor()
      await nearFiles(ann)
      const buffer = await imageWithPlace({ width: 400, height: 300 })
      await attach(ann, [
        { name: 'table.jpg', mimeType: 'image/jpeg', buffer },
        { name: 'scan.png', mimeType: 'image/png', buffer: buffer.subarray(0, 400) },
      ])
      await attachments(ann).getByText(ann.t('attach.unsupported_type')).waitFor()
      await holdUploads(ann)
      await attach(ann, [
        {
          name: 'A recipe with a name that is longer than the line of a phone.txt',
          mimeType: 'text/plain',
          buffer: Buffer.alloc(2_500_000),
        },
      ])
      await attachments(ann).getByText(ann.t('attach.waits')).waitFor()
    },
    next: [
      {
        name: 'room-outgoing',
        async open(ann) {
          await ann.the('button', ann.t('attach.remove', { name: 'scan.png' })).click()
          await say(ann, 'The table, and how to fill it')
          await ann.the('log').getByText('table.jpg').waitFor()
        },
      },
      {
        name: 'room-voice-note',
        async open(ann) {
          await nearFiles(ann)
          await ann.the('button', ann.t('voice.record')).click()
          await ann.the('group', ann.t('voice.title')).getByText('0:01').waitFor()
          await ann.the('button', ann.t('voice.pause')).click()
        },
      },
    ],
  },
]
