import { openStream } from '../../../harness/event-stream.ts'
import { ok } from '../../../harness/rest.ts'
import { defineScenario } from '../../scenario.ts'
import { fill, guests, join, room } from '../../stand.ts'

const [rooms, streams] = [40, 30]

export const streamStorm = defineScenario({
  name: 'stream storm',
  what: '30 streams at once, again and again, of a guest with 41 rooms, from a cursor before 25 messages of 6 kB in each.',
  addresses: [1, 100],
  async setup({ url }) {
    const [host, reader] = await guests(url, 2, 'Guest')
    if (!host || !reader) throw new Error('no guests')
    const ids: string[] = []
    for (let n = 0; n < rooms; n++) {
      const id = await room(url, host, `Room ${n}`)
      await join(url, reader, id)
      ids.push(id)
    }
    using stream = await openStream(url, '/api/events', { token: reader.token })
    await ok(url, 'POST', '/api/message', { token: host.token, body: { content: 'Now', room_id: ids[0] } })
    const { id: cursor } = await stream.hear('new_message')
    for (const id of ['lobby', ...ids]) await fill(url, id, host.token, 25, 6000)
    return { token: reader.token, cursor: cursor ?? '' }
  },
  async attack({ http, attackMs, stage: { token, cursor } }) {
    const until = performance.now() + attackMs
    const readers = Array.from({ length: streams }, async (_, n) => {
      const client = http(n)
      while (performance.now() < until) {
        const headers = { 'last-event-id': cursor, accept: 'text/event-stream' }
        // A stream does not end by itself: read it for a moment, then close it.
        await client.call({ path: '/api/events', token, headers, patienceMs: 500 })
      }
      client.destroy()
    })
    await Promise.all(readers)
  },
  // Streams that open slowly are not refusals.
  bounds: { told: null },
})
