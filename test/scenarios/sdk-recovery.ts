import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Room } from '../../packages/client/src/parlor.ts'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { type Proxy, startProxy } from '../harness/proxies/proxy.ts'
import { createRoom, type Guest, readHistory, signInGuest } from '../harness/rest.ts'
import { type Client, isLive, openSdk, quickTime, shown, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Message } from '../harness/wire.ts'

/** The cases of `recovery.ts` through the SDK: what an application shows after its connection was cut. */
export function sdkRecovery(kind: DatabaseKind): void {
  suite(`on ${kind.name}, the SDK after a cut`, { skip: kind.missing, timeout: 120_000 }, () => {
    let database: Database
    let server: Server
    let proxy: Proxy
    let ann: Guest
    let sender: SocketClient

    before(async () => {
      database = await kind.open()
      server = await startServer({ env: database.env })
      proxy = await startProxy(server.port)
      ann = await signInGuest(server.url, 'Ann')
      sender = await connect(server.url, { token: ann.token })
    })
    after(async () => {
      sender[Symbol.dispose]()
      await proxy[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    })

    async function send(room_id: string, count: number, content = 'message'): Promise<void> {
      for (let sent = 0; sent < count; sent += 100) {
        const slice = Array.from({ length: Math.min(100, count - sent) }, (_, n) => sent + n)
        const acks = slice.map((n) => sender.ask('send_message', { room_id, content: `${content} ${n}` }))
        await Promise.all(acks)
      }
    }

    /** Bob joins a room with a few messages through the proxy, and is cut off; `away` happens meanwhile. */
    async function cutOff(
      away: (room_id: string) => Promise<void>,
    ): Promise<{ bob: Client; room: Room; heard: number[] }> {
      const { id } = await createRoom(server.url, ann)
      await send(id, 3, 'before')
      const bob = openSdk({ url: proxy.url }, { time: quickTime })
      await bob.auth.guest({ name: 'Bob' })
      const room = bob.join(id)
      await isLive(room)
      const heard: number[] = []
      room.on('new_message', ({ seq }) => heard.push(seq))
      proxy.refuse(true)
      proxy.cut()
      await until(room.state, ({ phase }) => phase === 'catching_up', 'the cut')
      await away(id)
      proxy.refuse(false)
      await isLive(room)
      return { bob, room, heard }
    }

    const newest = async (room: Room): Promise<Message[]> =>
      (await readHistory<Message>(server.url, room.id)).slice(-400)

    for (const [count, what] of [
      [0, 'nothing'],
      [10, 'ten messages'],
      [500, 'as many messages as a recovery serves'],
    ] as const) {
      test(`[S1] [S2] after ${what} the window continues where it was`, async () => {
        const { bob, room, heard } = await cutOff((id) => send(id, count))
        using _ = bob
        assert.deepEqual(shown(room), await newest(room))
        assert.equal(room.messages.get().generation, 1)
        assert.equal(heard.length, count, 'listeners miss no message')
        assert.equal(room.messages.get().hasOlder, count === 500)
      })
    }

    test('[S2] after more messages the window starts over, and older pages lead back to what it showed', async () => {
      const { bob, room, heard } = await cutOff((id) => send(id, 501))
      using _ = bob
      const history = await readHistory<Message>(server.url, room.id)
      assert.deepEqual(shown(room), history.slice(-50))
      assert.deepEqual([room.messages.get().generation, room.messages.get().hasOlder], [2, true])
      assert.deepEqual(
        heard,
        history.slice(-50).map(({ seq }) => seq),
      )
      for (let pages = 0; pages < 3; pages++) await room.messages.loadOlder()
      assert.deepEqual(shown(room), history.slice(-350))
    })

    test('[S2] in a room that was restored (another epoch) the window starts over', async () => {
      const { bob, room } = await cutOff(async (id) => {
        await send(id, 2)
        await server.stop()
        await database.execute(server.dataDir, `update rooms set epoch = 'renewed' where id = '${id}'`)
        await server.start()
        sender[Symbol.dispose]()
        sender = await connect(server.url, { token: ann.token })
      })
      using _ = bob
      await room.send('after the restore').stored
      await until(room.messages, () => shown(room).length === 6, 'all of them')
      assert.deepEqual(shown(room), await newest(room))
      assert.equal(room.messages.get().generation, 2)
    })
  })
}
