import { isDeepStrictEqual } from 'node:util'
import { twoNodes } from '../../packages/server/src/features/feed/testing/feed.ts'
import { type Device, deviceOf } from '../../packages/server/src/features/read-state/testing/device.ts'
import { ReadModel } from '../../packages/server/src/features/read-state/testing/read-model.ts'
import { account, type Person, person } from '../../packages/server/src/features/rooms/testing/rooms.ts'
import { onPostgres } from '../../packages/server/src/features/testing/world.ts'
import { seeded } from '../harness/random.ts'
import type { Drill } from './drills.ts'

const [rooms, busy, seconds, messagesPerSecond] = [2_000, 200, 60, 100]

type Nodes = Awaited<ReturnType<typeof twoNodes>>
type KnownRoom = { id: string; model: ReadModel }

/** A host with all rooms, and two readers, each a member of every second one. */
async function populate({ one }: Nodes): Promise<{ host: Person; readers: Person[]; all: KnownRoom[] }> {
  const host = await account(one, 'Host')
  const readers = [await person(one, 'Ann'), await person(one, 'Bob')]
  const all: KnownRoom[] = []
  for (let n = 0; n < rooms; n += 1) {
    // New accounts of one address make few rooms.
    const from = { token: host.token, address: `192.0.2.${Math.floor(n / 50)}` }
    const { body } = await one.rest('POST', '/api/rooms', { ...from, body: { name: `Room ${n}` } })
    const { id } = body
    const model = new ReadModel()
    const reader = readers[n % readers.length]
    if (reader) await join(one, reader, { id, model })
    all.push({ id, model })
  }
  return { host, readers, all }
}

async function join({ rest }: Pick<Nodes['one'], 'rest'>, who: Person, { id, model }: KnownRoom): Promise<void> {
  const joined = await rest('POST', `/api/rooms/${id}/join`, { token: who.token, body: {} })
  if (joined.status >= 300) throw new Error(`Joining answered ${joined.status}: ${JSON.stringify(joined.body)}`)
  const { body } = await rest('GET', `/api/rooms/${id}`, { token: who.token })
  model.joined(who.id, body.last_seq)
}

/** What happens in one second: messages in busy rooms, and now and then marks, joins, removals and cuts. */
async function second(
  nodes: Nodes,
  random: ReturnType<typeof seeded>,
  { host, readers, all, devices }: { host: Person; readers: Person[]; all: KnownRoom[]; devices: Device[] },
): Promise<void> {
  const likely = (percent: number) => random.between(1, 100) <= percent
  const call = async (who: Person, method: string, path: string, body: object = {}) => {
    const { rest } = random.oneOf([nodes.one, nodes.two])
    return (await rest(method, `/api/rooms/${path}`, { token: who.token, body })).body
  }
  for (let sent = 0; sent < messagesPerSecond; sent += 1) {
    const { id, model } = all[random.between(0, busy - 1)] ?? random.oneOf(all)
    const members = readers.filter((reader) => model.isMember(reader.id))
    const who = random.oneOf([host, host, host, ...members])
    model.said(who.id, (await call(who, 'POST', `${id}/messages`, { content: `message ${sent} of this second` })).seq)
  }
  for (let marks = 0; marks < 10; marks += 1) {
    const who = random.oneOf(readers)
    const room = all[random.between(0, busy - 1)] ?? random.oneOf(all)
    const { id, model } = room
    if (!model.isMember(who.id)) {
      if (who === readers[all.indexOf(room) % readers.length]) await join(nodes.one, who, room)
      continue
    }
    const seq = random.between(1, model.last_seq)
    const what = random.between(1, 100)
    if (what <= 70) {
      await call(who, 'POST', `${id}/read`, { read_seq: seq, clear_unread: what <= 20 })
      model.read(who.id, seq, what <= 20)
    } else if (what <= 85) {
      await call(who, 'POST', `${id}/unread`, { from_seq: seq })
      model.mark(who.id, seq)
    } else {
      await call(host, 'DELETE', `${id}/members/${who.id}`)
      model.left(who.id)
      model.last_seq = (await call(host, 'GET', id)).last_seq
    }
  }
  if (likely(3)) {
    const who = random.oneOf(readers)
    await call(who, 'POST', 'my/read')
    for (const { model } of all) model.read(who.id, model.last_seq, true)
  }
  const device = random.oneOf(devices)
  if (device.isConnected()) {
    if (likely(20)) device.cut()
  } else device.listen(await random.oneOf([nodes.one, nodes.two]).connectFeed(device.who.token))
  await nodes.pass(1_000)
  for (const each of devices) await each.follow()
}

export const unread: Drill = {
  name: 'unread',
  what: `2,000 rooms with 100 messages/s in 200 of them, two readers in 1,000 each, with two devices on two nodes; random reads, marks, cuts, joins and removals for 60 s of a clock that is moved: what the devices show against a model.`,
  // Two nodes share no SQLite file.
  on: ['postgres'],
  async run() {
    const backend = onPostgres()
    const random = seeded()
    console.log(`unread: PARLOR_SEED=${random.seed}`)
    const nodes = await twoNodes(backend)
    const people = await populate(nodes)
    const devices = people.readers.flatMap((reader) => [deviceOf(reader), deviceOf(reader)])
    for (const device of devices)
      device.listen(await random.oneOf([nodes.one, nodes.two]).connectFeed(device.who.token))
    await nodes.pass(3_000)
    for (const device of devices) await device.follow()
    const before = devices.reduce((sum, { bytes }) => sum + bytes(), 0)
    for (let passed = 0; passed < seconds; passed += 1) await second(nodes, random, { ...people, devices })
    const heard = devices.reduce((sum, { bytes }) => sum + bytes(), 0) - before
    await nodes.pass(10_000)
    let wrong = 0
    for (const device of devices) {
      await device.follow()
      if (!device.isConnected()) await device.list.read(device.who, 100)
      for (const { id, model } of people.all) {
        const [shown, counted] = [device.shows(id), model.stateOf(device.who.id)]
        if (isDeepStrictEqual(shown, counted)) continue
        wrong += 1
        console.log(`room ${id} of ${device.who.name}: ${JSON.stringify({ shown, counted })}`)
      }
    }
    await nodes[Symbol.asyncDispose]()
    await backend.stop()
    return [
      { name: 'rooms of devices that differ from the model', value: wrong, most: 0 },
      { name: 'KB/s to a device', value: heard / devices.length / seconds / 1000, most: 60 },
    ]
  },
}
