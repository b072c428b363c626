import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createRoom, ok, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { inView, movedBy, type Standing } from './harness/log-view.ts'
import { lengthen } from './harness/long-room.ts'
import { enter, sees } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('rooms with many messages', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

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
