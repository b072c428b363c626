import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { busyRoom } from './harness/busy-room.ts'
import { watchInteractions } from './harness/measure.ts'
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
})
