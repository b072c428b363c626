import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { seeded } from '../../../../../../test/harness/random.ts'
import { deletesFeature, twoNodes } from '../../feed/testing/feed.ts'
import { account, people, type Person } from '../../rooms/testing/rooms.ts'
import { type Backend, createRoom } from '../../testing/world.ts'
import { deviceOf } from './device.ts'
import { erase } from './erase.ts'
import { ReadModel } from './read-model.ts'

/** Read states under random changes on two nodes, on either database: lists, news and devices equal a model. */
export function readFuzz(name: string, backend: Backend): void {
  describe(`read state under random changes on ${name}`, () => {
    after(() => backend.stop())

    for (const seed of [1, 2, 3])
      test(`[RS2] [RS3] [RS4] [RS6] [UF13] two devices on two nodes show what the model counts, with seed ${seed}`, async () => {
        await using nodes = await twoNodes(backend, { more: [deletesFeature] })
        const random = seeded(seed)
        const likely = (percent: number) => random.between(1, 100) <= percent
        const ann = await account(nodes.one, 'Ann')
        const all = [ann, ...Object.values(await people(nodes.one, 'Bob', 'Cy'))]
        const rooms = new Map<string, ReadModel>()
        for (let room = 0; room < 4; room += 1) {
          const { id, last_seq } = await createRoom(nodes.one, ann)
          const model = new ReadModel()
          model.joined(ann.id, last_seq)
          rooms.set(id, model)
        }
        const devices = all.flatMap((who) => [deviceOf(who), deviceOf(who)])
        for (let step = 0; step < 120; step += 1) {
          const who = random.oneOf(all)
          const [id, model] = random.oneOf([...rooms])
          const node = random.oneOf([nodes.one, nodes.two])
          const call = async (by: Person, method: string, path: string, body: object = {}) =>
            (await node.rest(method, `/api/rooms/${path}`, { token: by.token, body })).body
          const say = async () => {
            if (!model.isMember(who.id)) return
            const { seq } = await call(who, 'POST', `${id}/messages`, { content: `m${step}` })
            model.said(who.id, seq)
          }
          await random.oneOf<() => Promise<unknown>>([
            say,
            say,
            say,
            async () => {
              if (model.isMember(who.id)) return
              await call(who, 'POST', `${id}/join`)
              model.joined(who.id, (await call(who, 'GET', id)).last_seq)
            },
            async () => {
              if (who === ann || !model.isMember(who.id)) return
              if (likely(50)) await call(who, 'POST', `${id}/leave`)
              else await call(ann, 'DELETE', `${id}/members/${who.id}`)
              model.left(who.id)
              model.last_seq = (await call(ann, 'GET', id)).last_seq
            },
            async () => {
              const seq = random.between(1, model.last_seq + 2)
              const clears = likely(30)
              const state = await call(who, 'POST', `${id}/read`, { read_seq: seq, clear_unread: clears })
              assert.equal('code' in state, !model.isMember(who.id))
              model.read(who.id, seq, clears)
            },
            async () => {
              const seq = random.between(0, model.last_seq)
              await call(who, 'POST', `${id}/unread`, { from_seq: seq })
              model.mark(who.id, seq)
            },
            async () => {
              if (!likely(30)) return
              await call(who, 'POST', 'my/read')
              for (const each of rooms.values()) each.read(who.id, each.last_seq, true)
            },
            async () => {
              const seq = model.any(random)
              if (seq === 0) return
              await erase(node, id, seq)
              model.erased(seq)
              model.last_seq += 1
            },
          ])()
          const device = random.oneOf(devices)
          if (likely(15)) device.cut()
          else if (!device.isConnected() && likely(50))
            device.listen(await random.oneOf([nodes.one, nodes.two]).connectFeed(device.who.token))
          if (likely(40)) await nodes.pass(500)
          for (const each of devices) await each.follow()
        }
        await nodes.pass(5_000)
        for (const device of devices) {
          await device.follow()
          if (!device.isConnected()) await device.list.read(device.who)
          for (const [id, model] of rooms) {
            assert.deepEqual(device.shows(id), model.stateOf(device.who.id), `room ${id} of ${device.who.name}`)
          }
        }
      })
  })
}
