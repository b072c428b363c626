import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ParlorError } from '../packages/client/src/parlor.ts'
import { type Keep, memoryKeep } from '../packages/client/src/storage.ts'
import { startProxy } from './harness/proxy.ts'
import { isLive, openSdk, quickTime, until } from './harness/sdk.ts'
import { type Server, startServer } from './harness/server.ts'
import { claimsOf, forge } from './harness/tokens.ts'

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

  /** The access token has ended, as after a night's sleep; `refresh_token` replaces the good one. */
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

  test('[C1] a token that has expired is refreshed by the handshake and by a call, once for both', async () => {
    const storage = await signedIn()
    expire(storage)
    using client = open(storage)
    const [mine] = await Promise.all([
      client.rooms.mine(),
      client.rooms.mine(),
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
    const refused: unknown = await client.rooms.mine().catch((thrown: unknown) => thrown)
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

  test('a token that is handed in is enough', async () => {
    const { session } = kept(await signedIn())
    using client = openSdk({ url: server.url, token: String(session['access_token']) }, { time: quickTime })
    const me = await until(client.me, (one) => one !== null, 'who one is')
    assert.equal(me?.username, 'Ann')
  })
})
