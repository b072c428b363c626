import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { account, people, type Person } from '../../rooms/testing/rooms.ts'
import { seeded } from '../../../../../../test/harness/random.ts'
import { type Backend, createRoom } from '../../testing/world.ts'
import { FeedModel, newsOf, twoNodes } from './feed.ts'

/** Lists and news together under random changes on two nodes, on either database. */
export function feedFuzz(name: string, backend: Backend): void {
  describe(`the feed under random changes on ${name}`, () => {
    after(() => backend.stop())

    for (const seed of [1, 2, 3])
      test(`[UF3] [UF4] [UF6] what was read and told equals a fresh read, whatever happens, with seed ${seed}`, async () => {
        await using nodes = await twoNodes(backend)
        const random = seeded(seed)
        const pick = random.oneOf
        const likely = (percent: number) => random.between(1, 100) <= percent
        const ann = await account(nodes.one, 'Ann')
        const others = Object.values(await people(nodes.one, 'Bob', 'Cy', 'Dan'))
        const rooms: string[] = []
        for (let room = 0; room < 5; room += 1) rooms.push((await createRoom(nodes.one, ann)).id)
        const clients = others.map((who) => ({ who, model: new FeedModel(), socket: null as Feed | null }))
        for (let step = 0; step < 60; step += 1) {
          const { who } = pick(clients)
          const world = pick([nodes.one, nodes.two])
          const call = (by: Person, method: string, path: string, body = {}) =>
            world.rest(method, path, { token: by.token, body })
          const path = `/api/rooms/${pick(rooms)}`
          await pick<() => Promise<unknown>>([
            () => call(who, 'POST', `${path}/join`),
            () => call(who, 'POST', `${path}/join`),
            () => call(who, 'POST', `${path}/leave`),
            () => call(ann, 'DELETE', `${path}/members/${who.id}`),
            () => call(ann, 'PATCH', `${path}/members/${who.id}`, { role: pick(['cohost', 'member']) }),
            () => call(ann, 'POST', `${path}/messages`, { content: `m${step}` }),
            () => call(ann, 'POST', `${path}/messages`, { content: `m${step}` }),
            () => call(ann, 'PATCH', path, { name: `Room ${step}` }),
            async () => {
              if (likely(20)) await call(ann, 'DELETE', path)
            },
          ])()
          const client = pick(clients)
          if (likely(15)) {
            client.socket?.socket.close()
            client.socket = null
          } else if (!client.socket && likely(50)) {
            const socket = await pick([nodes.one, nodes.two]).connectFeed(client.who.token)
            client.socket = { socket, news: newsOf(socket), hasRead: false }
          }
          if (likely(50)) await nodes.pass(500)
          for (const each of clients) await follow(each)
        }
        await nodes.pass(4_000)
        for (const each of clients) {
          await follow(each)
          if (!each.socket) await each.model.read(each.who)
          const fresh = new FeedModel()
          await fresh.read(each.who)
          assert.deepEqual(sorted(each.model), sorted(fresh))
        }
      })
  })
}

type Feed = { hasRead: boolean; socket: { close(): void }; news: () => ReturnType<ReturnType<typeof newsOf>> }

/** As a client does: it reads on the first event of a connection, and applies the others. */
async function follow({ who, model, socket }: { who: Person; model: FeedModel; socket: Feed | null }): Promise<void> {
  for (const event of socket?.news() ?? []) {
    if (socket && !socket.hasRead) await model.read(who)
    if (socket) socket.hasRead = true
    model.apply(event)
  }
}

const sorted = ({ rooms }: FeedModel) => [...rooms.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
