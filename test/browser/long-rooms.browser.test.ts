import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createRoom, ok, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { busyRoom, sendAll } from './harness/busy-room.ts'
import { inView, movedBy, type Standing } from './harness/log-view.ts'
import { lengthen } from './harness/long-room.ts'
import { held } from './harness/measure.ts'
import { composer, enter, sees } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('rooms with many messages', { skip: browsers.missing }, async () => {
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

  it('scrolling through a history of 100,000 messages does not jump', async (t) => {
    const host = await signInGuest(server.url, 'Ben')
    const { id: room_id } = await createRoom(server.url, host)
    await ok(server.url, 'POST', `/api/rooms/${room_id}/messages`, { token: host.token, body: { content: 'First' } })
    await lengthen(
      server,
      room_id,
      100_000,
      "'Message ' || n || substr(' and more, over some lines'||hex(zeroblob(200)), 1, n % 7 * 40)",
    )
    const ann = await browsers.visitor(t, server.url)
    await enter(ann, `/r/${room_id}`, 'Ann')
    await sees(ann, /^Message 100000/)
    await ann.page.mouse.move(400, 400)
    let before = await inView(ann.page)
    for (let step = 0; step < 40; step++) {
      await ann.page.mouse.wheel(0, -600)
      const now = await inView(ann.page, before)
      const moved = movedBy(before, now)
      assert.ok(moved !== null && moved >= -1 && moved <= 601, `step ${step} moved by ${moved}`)
      assertUnbroken(now)
      before = now
    }
    const oldest = Number(/Message (\d+)/.exec(before[0]?.text ?? '')?.[1])
    t.diagnostic(`scrolled back to message ${oldest}`)
    assert.ok(oldest < 99_800, 'it went back')
  })
})

/** Consecutive numbers, from the first in view to the last. */
function assertUnbroken(standing: readonly Standing[]): void {
  const numbers = standing.map(({ text }) => Number(/Message (\d+)/.exec(text)?.[1]))
  numbers.reduce((one, next) => {
    assert.equal(next, one + 1, `after ${one} comes ${next}`)
    return next
  })
}

const describeHeld = ({ bytes, nodes }: { bytes: number; nodes: number }) =>
  `${(bytes / 1_000_000).toFixed(1)} MB, ${nodes} nodes`
