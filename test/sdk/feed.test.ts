import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Feed, type FeedState, followFeed } from '../../packages/client/src/feed/feed.ts'
import { type Proxy, startProxy } from '../harness/proxies/proxy.ts'
import { type Client, openSdk, quickTime, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'
import { announced } from '../scenarios/crash.ts'

suite('the feed of the SDK', { timeout: 60_000, concurrency: true }, () => {
  let server: Server
  before(async () => {
    server = await startServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const guest = async (name: string, url = server.url): Promise<Client> => {
    const client = openSdk({ url, feed: true }, { time: quickTime })
    await client.auth.guest({ name })
    return client
  }
  const follow = (client: Client, pageSize = 50): Feed & Disposable => {
    const feed = followFeed(client, { pageSize }, quickTime)
    return { ...feed, [Symbol.dispose]: feed.close }
  }
  const names = ({ items }: FeedState) => items.map(({ name }) => name)
  const isLive = (feed: Feed) => until(feed, ({ phase }) => phase === 'live', 'a live feed')
  /** Waits until the feed equals the current answer of `GET /api/rooms/my`. */
  async function isEqual(feed: Feed, client: Client): Promise<void> {
    const { items } = await client.call('feed.rooms', { limit: 100 })
    const isSame = (state: FeedState) => state.phase === 'live' && isDeepStrictEqual(state.items, items)
    await until(feed, isSame, `the rooms ${JSON.stringify(items)}`)
  }
  async function say(client: Client, room_id: string, content: string): Promise<void> {
    await client.call('messages.send', { room_id, content })
  }

  test('[F1] [F3] the feed is equal to the list of the server after cuts, joins, removals and names', async (t) => {
    const random = announced(t)
    await using proxy = await startProxy(server.port)
    using ann = await guest('Ann')
    using bob = await guest('Bob', proxy.url)
    using feed = follow(bob)
    const id = bob.me.get()?.id ?? ''
    const rooms: string[] = []
    for (let n = 0; n < 6; n += 1) rooms.push((await ann.rooms.create({ name: `Room ${n}` })).id)
    let isEnough = false
    const cuts = cutNowAndThen(proxy, () => isEnough)
    for (let step = 0; step < 120; step += 1) {
      const room_id = random.oneOf(rooms)
      await random
        .oneOf<() => Promise<unknown>>([
          () => bob.call('rooms.join', { room_id }),
          () => bob.call('rooms.join', { room_id }),
          () => ann.rooms.removeMember({ room_id, user_id: id }),
          () => ann.rooms.setRole({ room_id, user_id: id, role: random.oneOf(['cohost', 'member']) }),
          () => ann.rooms.update({ room_id, name: `Name ${step}` }),
          () => say(ann, room_id, `message ${step}`),
          () => say(ann, room_id, `message ${step}`),
          async () => void (random.between(1, 10) === 1 && (await ann.rooms.close({ room_id }))),
        ])()
        // Bob may be cut, no member, or banned from a room that is closed.
        .catch(() => {})
      await wait(25)
    }
    isEnough = true
    await cuts
    await isEqual(feed, bob)
    assert.ok(feed.get().items.length > 0)
    assert.equal(feed.get().error, null)
  })

  test('[F2] pages are read on demand, and a room behind them is shown once it is active', async () => {
    using ann = await guest('Ann')
    const rooms: string[] = []
    for (let n = 0; n < 5; n += 1) rooms.push((await ann.rooms.create({ name: `${n}` })).id)
    using feed = follow(ann, 2)
    await isLive(feed)
    assert.deepEqual([names(feed.get()), feed.get().hasMore], [['4', '3'], true])
    await say(ann, rooms[0] ?? '', 'first')
    await until(feed, ({ items }) => items[0]?.last_message?.text === 'first', 'the room that became active')
    assert.deepEqual(names(feed.get()), ['0', '4', '3'])
    await Promise.all([feed.loadMore(), feed.loadMore()])
    assert.deepEqual([names(feed.get()), feed.get().hasMore], [['0', '4', '3', '2', '1'], false])
    await feed.loadMore()
    await isEqual(feed, ann)
  })

  test('[F4] another user never sees the rooms of the one before', async () => {
    using client = await guest('Ann')
    using feed = follow(client)
    await client.rooms.create({ name: 'Of Ann' })
    await until(feed, (state) => names(state).includes('Of Ann'), 'the room')
    const seen: FeedState[] = []
    // News for Ann may still come while she is there.
    const end = feed.subscribe(() => client.me.get()?.username === 'Bob' && seen.push(feed.get()))
    await client.auth.guest({ name: 'Bob' })
    assert.deepEqual(names(feed.get()), [])
    await isLive(feed)
    assert.deepEqual(seen.flatMap(names), [])
    await client.rooms.create({ name: 'Of Bob' })
    await until(feed, (state) => names(state).includes('Of Bob'), 'the other room')
    await client.auth.logout()
    assert.deepEqual([feed.get().phase, feed.get().items], ['signed_out', []])
    end()
  })

  test('[F5] a read that failed is explained and repeated; the rooms stay while the connection is lost', async () => {
    await using proxy = await startProxy(server.port)
    using ann = await guest('Ann', proxy.url)
    await ann.rooms.create({ name: 'Tea' })
    proxy.refuse(true)
    proxy.cut()
    using feed = follow(ann)
    await until(feed, ({ error }) => error?.code === 'offline', 'the failure')
    assert.deepEqual([feed.get().phase, feed.get().items], ['loading', []])
    proxy.refuse(false)
    await isEqual(feed, ann)
    assert.equal(feed.get().error, null)
    proxy.refuse(true)
    proxy.cut()
    await until(feed, ({ phase }) => phase === 'catching_up', 'the cut')
    assert.deepEqual(names(feed.get()), ['Tea'])
    proxy.refuse(false)
    await isEqual(feed, ann)
  })

  test('[F7] preferences are shown at once, on other devices too, and as before when they are refused', async () => {
    using ann = await guest('Ann')
    const token = await ann.withToken(async (_url, access) => access ?? '')
    using elsewhere = openSdk({ url: server.url, feed: true, token }, { time: quickTime })
    const { id } = await ann.rooms.create({ name: 'Tea' })
    using feed = follow(ann)
    using other = follow(elsewhere)
    await Promise.all([isLive(feed), isLive(other)])
    const favorites = (each: Feed) =>
      each
        .get()
        .items.filter(({ favorite }) => favorite)
        .map(({ name }) => name)
    const done = feed.setPreferences(id, { favorite: true, group: 'Drinks' })
    assert.deepEqual(favorites(feed), ['Tea'])
    assert.equal((await done).group, 'Drinks')
    assert.deepEqual(favorites(feed), ['Tea'])
    await until(other, ({ items }) => items[0]?.group === 'Drinks', 'the group on the other device')
    const refused = feed.setPreferences(id, { favorite: false, group: ' '.repeat(2) })
    assert.deepEqual(favorites(feed), [])
    await assert.rejects(refused, { code: 'validation_error' })
    assert.deepEqual(favorites(feed), ['Tea'])
    await Promise.all([feed.setPreferences(id, { group: 'One' }), feed.setPreferences(id, { group: 'Two' })])
    for (const [each, client] of [
      [feed, ann],
      [other, elsewhere],
    ] as const)
      await isEqual(each, client)
    assert.equal(feed.get().items[0]?.group, 'Two')
  })

  test('[F6] a client that was made without the feed is told so', async () => {
    using client = openSdk({ url: server.url })
    assert.throws(() => followFeed(client, {}, quickTime), /feed: true/)
  })
})

async function cutNowAndThen(proxy: Proxy, isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    await wait(700)
    proxy.cut()
  }
}
