import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { busyRoom, sendAll } from './harness/busy-room.ts'
import { held } from './harness/measure.ts'
import { composer, enter, sees } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('memory of a page over time', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('memory does not grow over 20,000 messages', async (t) => {
    const { room_id, senders } = await busyRoom(server.url)
    const ann = await browsers.visitor(t, server.url)
    await enter(ann, `/r/${room_id}`, 'Ann')
    // What comes before the page is in the room may be unread: it would open there, and not follow the newest.
    await composer(ann).waitFor()
    /** The page keeps pace: on a busy machine the senders are quicker. */
    const hear = async (from: number, to: number) => {
      for (let first = from; first <= to; first += 500) {
        const last = Math.min(first + 499, to)
        await sendAll(senders, room_id, first, last - 1)
        // Connections have no order among them, and the page holds the newest 400: the last is sent when all others are stored.
        await sendAll(senders, room_id, last, last)
        await sees(ann, `Message ${last}`)
      }
    }
    // In the first thousands the browser compiles what it runs often: 7.3 MB after 2,000, 9.0 after 20,000, 9.6 after 38,000.
    await hear(1, 8000)
    const before = await held(ann)
    await hear(8001, 28_000)
    const after = await held(ann)
    t.diagnostic(`after 8,000: ${describeHeld(before)}; after 28,000: ${describeHeld(after)}`)
    assert.ok(after.bytes - before.bytes < 2_000_000, 'the heap grew')
    assert.ok(after.nodes < before.nodes * 1.2, 'the document grew')
  })
})

const describeHeld = ({ bytes, nodes }: { bytes: number; nodes: number }) =>
  `${(bytes / 1_000_000).toFixed(1)} MB, ${nodes} nodes`
