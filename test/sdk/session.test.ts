import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Browser } from '../../packages/client/src/browser.ts'
import { ParlorError } from '../../packages/client/src/parlor.ts'
import { type Keep, memoryKeep } from '../../packages/client/src/connection/storage.ts'
import { startProxy } from '../harness/proxies/proxy.ts'
import { type Client, isLive, openSdk, quickTime, shown, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'
import { claimsOf, forge } from '../harness/tokens.ts'

const key = 'the key with which this test signs tokens'

suite('sessions of the SDK', { timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    server = await startServer({ env: { JWT_SECRET_KEY: key } })
  })
  after(() => server[Symbol.asyncDispose]())

  const open = (storage: Keep, url = server.url) => openSdk({ url, storage }, { time: quickTime })

  function kept(storage: Keep): { name: string; session: Record<string, unknown> } {
    const name = storage.keys().find((one) => one.endsWith('session')) ?? ''
    return { name, session: JSON.parse(storage.get(name) ?? '{}') }
  }

  /** Expires the access token, as after a night; `refresh_token` replaces the valid one. */
  function expire(storage: Keep, refresh_token?: string): void {
    const { name, session } = kept(storage)
    const access_token = forge({ ...claimsOf(String(session['access_token'])), exp: 1000 }, key)
    const replaced = refresh_token === undefined ? {} : { refresh_token }
    storage.set(name, JSON.stringify({ ...session, ...replaced, access_token, expires_at: Date.now() + 1e9 }))
  }

  async function signedIn(): Promise<Keep> {
    const storage = memoryKeep()
    using client = open(storage)
    await client.auth.guest({ name: 'Ann' })
    await client.rooms.create({ name: 'Tea' })
    return storage
  }

  /** Another tab of the same browser as `tab`, which gets its storage events. */
  function openNextTo(tab: EventTarget, storage: Keep): Client {
    const told = (key: string) => void tab.dispatchEvent(Object.assign(new Event('storage'), { key }))
    return open({
      ...storage,
      set(key, text) {
        storage.set(key, text)
        told(key)
      },
      remove(key) {
        storage.remove(key)
        told(key)
      },
    })
  }

  /** A tab of a browser; `beforeRefresh` runs once, while the tab waits for the others to refresh. */
  function openTab(storage: Keep, beforeRefresh = async () => {}): { client: Client; tab: EventTarget } {
    const localStorage = { length: 0, key: () => null, getItem: () => null, setItem() {}, removeItem() {} }
    const tab = Object.assign(new EventTarget(), { localStorage })
    let waiting: Promise<void> | null = null
    const locks = {
      async request<Result>(_: string, run: () => Promise<Result>): Promise<Result> {
        waiting ??= beforeRefresh()
        await waiting
        return run()
      },
    }
    const browser: Browser = { window: tab, navigator: { locks } }
    return { client: openSdk({ url: server.url, storage }, { browser, time: quickTime }), tab }
  }

  test('[C1] a token that has expired is refreshed by the handshake and by a call, once for both', async () => {
    const storage = await signedIn()
    expire(storage)
    using client = open(storage)
    const [mine] = await Promise.all([
      client.call('feed.rooms'),
      client.call('feed.rooms'),
      until(client.state, ({ phase }) => phase === 'online', 'the connection'),
    ])
    assert.equal(mine.items.length, 1)
    assert.equal(client.me.get()?.username, 'Ann')
    assert.notEqual(claimsOf(String(kept(storage).session['access_token']))['exp'], 1000)
  })

  test('[C2] a refused refresh signs out', async () => {
    const storage = await signedIn()
    expire(storage, 'none')
    using client = open(storage)
    await until(client.state, ({ phase }) => phase === 'signed_out', 'being signed out')
    assert.equal(client.me.get(), null)
    assert.equal(storage.get(kept(storage).name), null)
    const refused: unknown = await client.call('feed.rooms').catch((thrown: unknown) => thrown)
    assert.ok(refused instanceof ParlorError)
    assert.equal(refused.code, 'not_authenticated')
  })

  test('[C2] trouble of the network signs nobody out', async () => {
    await using proxy = await startProxy(server.port)
    const storage = memoryKeep()
    {
      using client = open(storage, proxy.url)
      await client.auth.guest({ name: 'Ann' })
    }
    expire(storage)
    proxy.refuse(true)
    using client = open(storage, proxy.url)
    await assert.rejects(client.auth.refresh(), (error) => error instanceof ParlorError && error.code === 'offline')
    assert.notEqual(client.state.get().phase, 'signed_out')
    proxy.refuse(false)
    await until(client.state, ({ phase }) => phase === 'online', 'the connection')
  })

  test('[C2] a session that is ended elsewhere is signed out at once', async () => {
    const storage = await signedIn()
    using client = open(storage)
    const { id } = await client.rooms.create({ name: 'Tea' })
    await isLive(client.join(id))
    const { items } = await client.auth.sessions()
    const current = items.find((session) => session.current)
    using other = openSdk(
      { url: server.url, token: String(kept(storage).session['access_token']) },
      { time: quickTime },
    )
    await until(other.state, ({ phase }) => phase === 'online', 'the other one')
    await other.auth.revokeSession({ id: current?.id ?? '' })
    await until(client.state, ({ phase }) => phase === 'signed_out', 'being signed out')
    assert.equal(client.me.get(), null)
  })

  test('[O5] signing out discards what is unsent; who signs in next has an empty outbox', async () => {
    await using proxy = await startProxy(server.port)
    const storage = memoryKeep()
    using client = open(storage, proxy.url)
    await client.auth.guest({ name: 'Ann' })
    const { id } = await client.rooms.create({ name: 'Tea' })
    const room = client.join(id)
    await isLive(room)
    proxy.refuse(true)
    proxy.cut()
    await until(client.state, ({ phase }) => phase === 'reconnecting', 'the cut')
    const lost = room.send('never sent')
    await client.auth.logout()
    await assert.rejects(lost.stored, (error) => error instanceof ParlorError && error.code === 'discarded')
    assert.deepEqual(storage.keys(), [])
    proxy.refuse(false)
    await client.auth.guest({ name: 'Bob' })
    await isLive(room)
    assert.deepEqual([room.messages.get().items, client.state.get().queued], [[], 0])

    const refused = room.send('x'.repeat(20_001))
    await assert.rejects(refused.stored)
    await client.auth.logout()
    assert.deepEqual(storage.keys(), [], 'also when the server ends the session first')
  })

  test('a guest who registers keeps id and rooms, and is known by the new name at once', async () => {
    using client = open(memoryKeep())
    const guest = await client.auth.guest({ name: 'Ann' })
    const { id } = await client.rooms.create({ name: 'Tea' })
    const room = client.join(id)
    await isLive(room)
    const me = await client.auth.register({ email: 'ann@example.org', password: 'correct horse 7', username: 'Ann7' })
    assert.deepEqual([me.id, me.guest, client.me.get()], [guest.id, false, me])
    await isLive(room)
    const { sender } = await room.send('Hello').stored
    assert.deepEqual([sender.name, sender.guest], ['Ann7', false])
  })

  test('[C2] registering in one tab leaves the connections of all as they are, and none goes on with old tokens', async () => {
    const storage = await signedIn()
    const { client, tab } = openTab(storage)
    using one = client
    using other = openNextTo(tab, storage)
    const { id } = await one.rooms.create({ name: 'Tea' })
    const rooms = [one.join(id), other.join(id)]
    for (const room of rooms) await isLive(room)
    const before = kept(storage).session
    const phases: string[] = []
    for (const { state } of [one, other, ...rooms]) state.subscribe(() => phases.push(state.get().phase))
    await other.auth.register({ email: 'tabs@example.org', password: 'correct horse 7', username: 'Tabs' })
    for (const room of rooms) assert.equal((await room.send('Hello').stored).sender.name, 'Tabs')
    for (const { auth } of [one, other]) {
      assert.equal((await auth.reload()).guest, false)
      const { items } = await auth.sessions()
      assert.deepEqual([items.length, items[0]?.current], [1, true])
    }
    assert.deepEqual(
      [...new Set(phases)].filter((phase) => phase !== 'online' && phase !== 'live'),
      [],
    )
    using late = openSdk({ url: server.url, token: String(before['access_token']) }, { time: quickTime })
    await until(late.state, ({ phase }) => phase === 'signed_out', 'being turned away')
    // The token belongs to the new session, and ends with it.
    await other.auth.logout()
    await until(one.state, ({ phase }) => phase === 'signed_out', 'the end of the session')
  })

  test('[C2] [C4] a tab that hears of the new session by a refusal alone goes on in it', async () => {
    const storage = await signedIn()
    const { client: other } = openTab(storage)
    using one = open(storage)
    using two = other
    await until(one.state, ({ phase }) => phase === 'online', 'the connection')
    await two.auth.register({ email: 'two@example.org', password: 'correct horse 7', username: 'Two' })
    // This tab got no storage event: its token is refused, and it then reads the stored one.
    assert.equal((await one.call('feed.rooms')).items.length, 1)
    assert.equal((await one.auth.reload()).username, 'Two')
    assert.equal(one.state.get().phase, 'online')
  })

  test('[C4] a call is never repeated as somebody who has signed in meanwhile', async () => {
    for (const deed of ['deleteAccount', 'logout'] as const) {
      const storage = await signedIn()
      expire(storage)
      const others: Client[] = []
      const { client, tab } = openTab(storage, async () => {
        const other = openNextTo(tab, storage)
        others.push(other)
        await other.auth.guest({ name: 'Bob' })
      })
      using _ = client
      const outcome: unknown = await client.auth[deed]().catch((thrown: unknown) => thrown)
      if (deed === 'deleteAccount') assert.ok(outcome instanceof ParlorError && outcome.code === 'token_expired')
      assert.equal(client.me.get()?.username, 'Bob', 'the tab follows the other one')
      for (const other of others) {
        assert.equal((await other.auth.reload()).username, 'Bob', 'and Bob is whole')
        other.close()
      }
      assert.equal(others.length, 1)
    }
  })

  test('[C5] the tab in a room follows the one that signs out and in as somebody else, with a state that is true', async () => {
    const storage = await signedIn()
    const { client, tab } = openTab(storage)
    using one = client
    using other = openNextTo(tab, storage)
    const { id } = await one.rooms.create({ name: 'Tea' })
    const room = one.join(id)
    await isLive(room)
    await room.send('of Ann').stored
    await other.auth.logout()
    assert.deepEqual([one.me.get(), one.state.get().phase], [null, 'signed_out'])
    const bob = await other.auth.guest({ name: 'Bob' })
    assert.equal(one.me.get()?.id, bob.id)
    await isLive(room)
    assert.equal(room.state.get().me?.user_id, bob.id)
    assert.equal((await room.send('of Bob').stored).sender.id, bob.id)
    assert.deepEqual(
      shown(room).map(({ sender }) => sender.name),
      ['Ann', 'Bob'],
    )
  })

  test('[S8] nobody comes in with the password or the invitation of who was here before', async () => {
    using host = open(memoryKeep())
    await host.auth.guest({ name: 'Host' })
    const { id } = await host.rooms.create({ name: 'Tea', is_private: true, password: 'oolong' })
    const { code } = await host.rooms.invite({ room_id: id })
    for (const way of [{ password: 'oolong' }, { invite: code }]) {
      using client = open(memoryKeep())
      // Queued before anyone signed in, so it belongs to the first user who signs in.
      const room = client.join(id, way)
      await client.auth.guest({ name: 'Ann' })
      await isLive(room)
      const bob = await client.auth.guest({ name: 'Bob' })
      const { error } = await until(room.state, ({ phase }) => phase === 'refused', 'the door')
      assert.equal(error?.code, 'password_required')
      const { items } = await host.rooms.members({ room_id: id })
      assert.equal(
        items.some(({ user }) => user.id === bob.id),
        false,
      )
      room.retry(way)
      await isLive(room)
    }
  })

  test('[C6] the token of the device goes with every sign-in, and stays when one signs out', async () => {
    const storage = memoryKeep()
    const tokenOf = () => {
      const name = storage.keys().find((key) => key.endsWith('device'))
      return name === undefined ? null : storage.get(name)
    }
    using client = open(storage)
    const account = { username: 'Dora', email: 'dora@example.org', password: 'a long enough one' }
    await client.auth.register(account)
    const first = tokenOf()
    assert.ok(first)
    await client.auth.logout()
    assert.equal(tokenOf(), first)
    await client.auth.login({ email: account.email, password: account.password })
    assert.equal(tokenOf(), first, 'the same device')
  })

  test('a token that is handed in is enough', async () => {
    const { session } = kept(await signedIn())
    using client = openSdk({ url: server.url, token: String(session['access_token']) }, { time: quickTime })
    const me = await until(client.me, (one) => one !== null, 'who one is')
    assert.equal(me?.username, 'Ann')
  })
})
