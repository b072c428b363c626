import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { permit } from '../../core/testing/read-permit.ts'
import { createLiveHarness, whispered } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'

test('[L1] attached members get everything newer than their snapshot, once and in order', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  await rooms.say('r', 1, 'before')
  const [a, b] = [connectTo(live, 1), connectTo(live, 2)]
  const attachment = await a.join(room)
  await b.join(room)
  assert.deepEqual(
    attachment.events.map(({ event, data }) => [event, JSON.parse(data).content]),
    [['new_message', 'before']],
  )
  await Promise.all(['x', 'y', 'z'].map((text) => rooms.say('r', 1, text)))
  await settle()
  assert.deepEqual(
    a.payloads('new_message').map(({ content }) => content),
    ['x', 'y', 'z'],
  )
  assert.deepEqual(a.seqs(), [3, 4, 5])
  assert.deepEqual(b.seqs(), a.seqs())
  assert.deepEqual(a.payloads('new_message')[0]?.['sender'], {
    id: 'u1',
    name: 'User 1',
    avatar_url: null,
    guest: false,
  })
})

test('[L1] audiences: moderators get events that members do not, live and in recovery', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [host, guest] = [connectTo(live, 1), connectTo(live, 2)]
  await host.join(room)
  await guest.join(room)
  const whisper = { op: 'append' as const, type: whispered, body: () => ({ content: 'psst' }) }
  await rooms.commit('r', 1, [whisper])
  await rooms.say('r', 1, 'aloud')
  await settle()
  assert.deepEqual(host.names(), ['user_joined', 'whisper', 'new_message'])
  assert.deepEqual(guest.names(), ['new_message'])
  const changes = async (num: number) => (await connectTo(live, num).join(room, 1, room.epoch)).events
  assert.deepEqual(
    (await changes(1)).map(({ seq }) => seq),
    [2, 3],
  )
  assert.deepEqual(
    (await changes(2)).map(({ seq }) => seq),
    [3],
  )
})

test('[L2] an event committed while a member attaches is neither lost nor duplicated', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const other = connectTo(live, 2)
  await other.join(room)
  let talking = true
  const talk = (async () => {
    for (let n = 0; talking; n += 1) await rooms.say('r', 2, `${n}`)
  })()
  const joined = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      await settle(n)
      const client = connectTo(live, 1)
      const attachment = await live.attach(permit, client.id, room, { after_seq: 0, epoch: null })
      await settle(n % 4)
      attachment.begin()
      return { client, attachment }
    }),
  )
  talking = false
  await talk
  await settle()
  const last = (await rooms.engine.find('r'))?.last_seq ?? 0
  for (const { client, attachment } of joined) {
    assert.equal(attachment.catchup.recovered, true)
    const all = [...attachment.events.map(({ seq }) => seq), ...client.seqs()]
    assert.deepEqual(
      all,
      Array.from({ length: last }, (_, n) => n + 1),
    )
  }
})

test('[L2] a member that attaches again continues from the new snapshot', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  await rooms.say('r', 1, 'a')
  await settle()
  const again = await live.attach(permit, client.id, room, { after_seq: 2, epoch: room.epoch })
  await rooms.say('r', 1, 'b')
  await settle()
  assert.deepEqual(client.seqs(), [2], 'nothing comes between the read and its end')
  again.begin()
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
})

test('[L2] a failed read does not change the position of a member', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  rooms.people.forget()
  rooms.people.fail = true
  await rooms.say('r', 1, 'a')
  await assert.rejects(live.attach(permit, client.id, room, { after_seq: 1, epoch: room.epoch }), /profiles are away/)
  rooms.people.fail = false
  await rooms.say('r', 1, 'b')
  await new Promise((resolve) => setTimeout(resolve, 400))
  assert.deepEqual(client.seqs(), [2, 3])
})

test('[L2] an attachment that never begins is dropped, and does not block a later one', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  const forgotten = await live.attach(permit, client.id, room, { after_seq: null, epoch: null })
  await client.join(room)
  await rooms.say('r', 1, 'a')
  await settle()
  assert.deepEqual(client.seqs(), [])
  time.advance(10_000)
  await settle()
  assert.deepEqual(client.seqs(), [2])
  forgotten.begin()
  await rooms.say('r', 1, 'b')
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
  const stranger = connectTo(live, 2)
  await live.attach(permit, stranger.id, room, { after_seq: null, epoch: null })
  time.advance(10_000)
  await settle()
  assert.deepEqual(stranger.seqs(), [])
})
