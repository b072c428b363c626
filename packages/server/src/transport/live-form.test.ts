import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { EventType } from '../core/contract.ts'
import { said } from '../room/testing/live.ts'
import { connectTo, settle } from '../room/testing/live-client.ts'
import { serveEvents } from './testing/sse.ts'

/** An event whose live form holds more than its stored one. */
const pictured: EventType = {
  ...said,
  name: 'test.pictured',
  wire: () => 'pictured',
  wires: ['pictured'],
  body: z.object({ content: z.null() }),
  encode: ({ seq }, { live }) => `{"seq":${seq},"content":${live}}`,
}

test('[EN4] what a commit gives for the live form is in no other form of the event', async (t) => {
  const { createRoom, commit, live, encoder, engine, stream } = await serveEvents(t, {
    harness: { events: [pictured] },
  })
  const room = await createRoom('r', 'chat', 7)
  const member = connectTo(live, 7)
  await member.join(room)
  const following = await stream('?room_id=r', { token: 'user-7' })
  const from = following.lastId
  const body = () => ({ content: null })
  const { events } = await commit('r', 7, [{ op: 'append', type: pictured, body, live: '"the bytes"' }])
  const [event] = events
  assert.ok(event)
  await settle()
  assert.deepEqual(member.payloads('pictured'), [{ seq: event.seq, content: 'the bytes' }])
  assert.deepEqual((await following.hear('pictured')).data, { seq: event.seq, content: 'the bytes' })
  const [page] = await encoder.items(room, [{ position: event.seq, event }], 'page')
  assert.equal(page?.json, `{"seq":${event.seq},"content":null}`)
  assert.equal(await encoder.payload(room, event), `{"seq":${event.seq},"content":null}`)
  assert.equal(await encoder.payload(room, event, '"theirs"'), `{"seq":${event.seq},"content":"theirs"}`)
  const { events: recovered } = await connectTo(live, 7).join(room, room.last_seq, room.epoch)
  assert.deepEqual(
    recovered.map(({ data }) => data),
    [`{"seq":${event.seq},"content":null}`],
  )
  const { entries } = await engine.readLog(room.num, room.last_seq, 10)
  assert.deepEqual(entries, [{ kind: 'event', event }])
  const resumed = await stream('?room_id=r', { token: 'user-7', lastId: from })
  assert.deepEqual((await resumed.hear('pictured')).data, { seq: event.seq, content: null })
})
