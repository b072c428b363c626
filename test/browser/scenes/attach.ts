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

/** Drags no file over the messages, or drops it. */
const drag = ({ page }: Visitor, type: 'dragover' | 'drop'): Promise<unknown> =>
  page.evaluate((name) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([], 'nothing'))
    if (name === 'drop') dataTransfer.items.clear()
    const event = new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true })
    document.querySelector('[role=log]')?.dispatchEvent(event)
  }, type)

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
        name: 'room-drop',
        async open(ann) {
          await drag(ann, 'dragover')
          await ann.page.getByText(ann.t('attach.drop')).waitFor()
        },
      },
      {
        name: 'room-voice-blocked',
        async open(ann) {
          await drag(ann, 'drop')
          await ann.page.evaluate(() => {
            navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Denied', 'NotAllowedError'))
          })
          await ann.the('button', ann.t('voice.record')).click()
          await ann.page.getByText(ann.t('voice.denied')).waitFor()
        },
      },
      {
        name: 'room-voice-note',
        async open(ann) {
          await ann.the('button', ann.t('ui.close')).click()
          await ann.page.evaluate(() => Reflect.deleteProperty(navigator.mediaDevices, 'getUserMedia'))
          await ann.the('button', ann.t('voice.record')).click()
          await ann.the('group', ann.t('voice.title')).getByText('0:01').waitFor()
          await ann.the('button', ann.t('voice.pause')).click()
        },
      },
    ],
  },
]
