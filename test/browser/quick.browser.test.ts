import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createRoom, type Guest, ok, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import { inView, movedBy, type Standing } from './harness/log-view.ts'
import { lengthen } from './harness/long-room.ts'
import { held, watchInteractions } from './harness/measure.ts'
import { composer, enter, sees } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('performance of a room', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('a key press is shown within 100 ms while 50 messages a second arrive', async (t) => {
    const { room_id, talk } = await busyRoom(server.url)
    const ann = await browsers.visitor(t, server.url)
    await enter(ann, `/r/${room_id}`, 'Ann')
    using talking = talk(50)
    await sees(ann, 'Talk 50')
    const interactions = await watchInteractions(ann.page)
    const text = 'Everybody talks, and I can still write this.'
    await composer(ann).pressSequentially(text, { delay: 60 })
    const slowest = await interactions.slowest()
    assert.equal(await composer(ann).inputValue(), text)
    const [worst = 0, second = 0, third = 0] = slowest
    t.diagnostic(`slowest of ${text.length} keys: ${worst}, ${second}, ${third} ms`)
    // The 95th percentile of 44 keys is the third slowest; the browser does not report keys under 16 ms.
    assert.ok(third <= 100, `${slowest.join(', ')} ms`)
    assert.ok(talking.sent >= 100, 'others talked meanwhile')
  })

  it('memory does not grow over 20,000 messages', async (t) => {
    const { room_id, senders } = await busyRoom(server.url)
    const ann = await browsers.visitor(t, server.url)
    await enter(ann, `/r/${room_id}`, 'Ann')
    const hear = async (from: number, to: number) => {
      for (let first = from; first <= to; first += 500)
        await sendAll(senders, room_id, first, Math.min(first + 499, to))
      await sees(ann, `Message ${to}`)
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

/** A room with ten others, who send what the test asks them to. */
async function busyRoom(url: string) {
  const host = await signInGuest(url, 'Ben')
  const { id: room_id } = await createRoom(url, host)
  const guests: Guest[] = await Promise.all(Array.from({ length: 9 }, (_, index) => signInGuest(url, `Guest ${index}`)))
  const senders = await Promise.all([host, ...guests].map(({ token }) => connect(url, { token })))
  for (const sender of senders) await sender.ask('join_room', { room_id })
  return {
    room_id,
    senders,
    /** Starts sending at a steady rate; disposing ends it. */
    talk(perSecond: number) {
      let sent = 0
      const timer = setInterval(() => {
        sent += 1
        senders[sent % senders.length]?.socket.emit('send_message', { room_id, content: `Talk ${sent}` })
      }, 1000 / perSecond)
      return {
        get sent() {
          return sent
        },
        [Symbol.dispose]: () => clearInterval(timer),
      }
    },
  }
}

/** Sends messages with these numbers at once, from the senders in rotation; resolves when all are stored. */
async function sendAll(senders: readonly SocketClient[], room_id: string, from: number, to: number): Promise<void> {
  const sends: Promise<unknown>[] = []
  for (let number = from; number <= to; number++) {
    const sender = senders[number % senders.length]
    if (sender) sends.push(sender.ask('send_message', { room_id, content: `Message ${number}` }))
  }
  await Promise.all(sends)
}
