import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { realTime } from '../../packages/client/src/time.ts'
import { memoryKeep } from '../../packages/client/src/connection/storage.ts'
import { ParlorError } from '../../packages/client/src/parlor.ts'
import { startProxy } from '../harness/proxies/proxy.ts'
import { readHistory } from '../harness/rest.ts'
import { isLive, openSdk, quickTime, shown, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { Message } from '../harness/wire.ts'

suite('the SDK and a server', { timeout: 120_000 }, () => {
  let server: Server
  before(async () => {
    server = await startServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const guest = async (name: string, options: Parameters<typeof openSdk>[0] = {}, url = server.url) => {
    const client = openSdk({ url, ...options }, { time: quickTime })
    await client.auth.guest({ name })
    return client
  }
  const contents = (messages: readonly { content: string | null }[]) => messages.map(({ content }) => content)

  test('[S1] [S5] two people in a room see the same messages; an own one keeps its key when it is stored', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const [here, there] = [ann.join(id), bob.join(id)]
    await Promise.all([isLive(here), isLive(there)])
    assert.equal(ann.join(id), here)

    const keys: string[] = []
    const end = here.messages.subscribe(() => keys.push(here.messages.get().items.at(-1)?.key ?? ''))
    const sending = here.send('Hello')
    const [item] = here.messages.get().items
    assert.deepEqual([item?.message.content, item?.message.seq, item?.message.sender.name], ['Hello', null, 'Ann'])
    const stored = await sending.stored
    await until(there.messages, ({ items }) => items.length === 1, 'the message')
    end()
    assert.deepEqual(new Set(keys), new Set([item?.key]))
    const answer = there.send('Hi', { reply_to: stored.id })
    await answer.stored
    await until(here.messages, ({ items }) => items.length === 2, 'the answer')
    await until(there.messages, ({ items }) => items.every(({ message }) => message.id !== null), 'its own')
    assert.deepEqual(shown(here), await readHistory<Message>(server.url, id))
    assert.deepEqual(shown(there), shown(here))
    assert.equal(shown(here).at(-1)?.reply_to, stored.id)
    assert.deepEqual(sending.status.get(), { phase: 'sent', code: null })
  })

  test('[S7] shows who is there, what they show of themselves, and who types', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const here = ann.join(id)
    await isLive(here)
    const there = bob.join(id)
    await until(here.presence, ({ people }) => people.some(({ user }) => user.name === 'Bob'), 'Bob')
    assert.equal(here.presence.get().count, 2)
    assert.equal(here.state.get().member_count, 2)
    await isLive(there)
    there.setState({ cursor: 3 })
    const isThere = (state: object | null | undefined) => JSON.stringify(state) === '{"cursor":3}'
    await until(
      here.presence,
      ({ people }) => isThere(people.find(({ user }) => user.name === 'Bob')?.peers[0]?.state),
      'it',
    )
    there.setTyping(true)
    await until(here.typing, (people) => people[0]?.name === 'Bob', 'typing')
    await there.send('done').stored
    await until(here.typing, (people) => people.length === 0, 'no typing')
    there.setTyping(true)
    await until(here.typing, (people) => people[0]?.name === 'Bob', 'typing again')

    const signals = new Promise((resolve) => here.on('signal', resolve))
    await there.signal('wave', { hands: 2 })
    assert.deepEqual(await signals.then((heard) => JSON.parse(JSON.stringify(heard)).data), { hands: 2 })
    there.detach()
    await until(here.presence, ({ count }) => count === 1, 'Bob gone')
    assert.equal(here.state.get().member_count, 2, 'who detaches stays a member')
    bob.join(id).detach()
    await isLive(bob.join(id))
    await until(here.presence, ({ count }) => count === 2, 'Bob again')
  })

  test('[O1] [O2] [O3] what is written without a connection is shown, outlives a reload, and is sent once, in order', async () => {
    await using proxy = await startProxy(server.port)
    const storage = memoryKeep()
    const { id } = await (async () => {
      using ann = await guest('Ann', { storage }, proxy.url)
      const made = await ann.rooms.create({ name: 'Tea' })
      const room = ann.join(made.id)
      await isLive(room)
      await room.send('before').stored
      proxy.refuse(true)
      proxy.cut()
      await until(ann.state, ({ phase }) => phase === 'reconnecting', 'the cut')
      for (const content of ['one', 'two', 'three']) room.send(content)
      await until(ann.state, ({ queued }) => queued === 3, 'three in the queue')
      assert.deepEqual(
        room.messages.get().items.map(({ status }) => status),
        ['sent', 'queued', 'queued', 'queued'],
      )
      assert.equal(room.state.get().phase, 'catching_up')
      return made
    })()
    assert.equal(storage.keys().filter((key) => key.includes('unsent')).length, 3)

    using again = openSdk({ url: proxy.url, storage }, { time: quickTime })
    assert.equal(again.me.get()?.username, 'Ann')
    const room = again.join(id)
    assert.deepEqual(contents(room.messages.get().items.map(({ message }) => message)), ['one', 'two', 'three'])
    const more = room.send('four')
    proxy.refuse(false)
    await more.stored
    await until(again.state, ({ queued }) => queued === 0, 'an empty queue')
    assert.deepEqual(contents(await readHistory<Message>(server.url, id)), ['before', 'one', 'two', 'three', 'four'])
    await until(room.messages, () => shown(room).length === 5, 'all of them')
    assert.deepEqual(
      storage.keys().filter((key) => key.includes('unsent')),
      [],
    )
  })

  test('[O3] an acknowledgement that is lost costs nothing: the message counts as stored when it comes back', async () => {
    await using proxy = await startProxy(server.port)
    using ann = await guest('Ann', {}, proxy.url)
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const room = ann.join(id)
    await isLive(room)
    for (let n = 0; n < 10; n++) {
      // The message's frame, or a part of it, gets through; its answer does not.
      const cut = proxy.cutAfter(120 + 40 * n)
      const { stored } = room.send(`message ${n}`)
      await cut
      assert.equal((await stored).content, `message ${n}`)
      await isLive(room)
    }
    const history = await readHistory<Message>(server.url, id)
    assert.deepEqual(
      contents(history),
      Array.from({ length: 10 }, (_, n) => `message ${n}`),
    )
    await until(room.messages, () => shown(room).length === 10, 'all of them')
    assert.deepEqual(shown(room), history)
  })

  test('[O4] what the server refuses for good is shown as failed, holds up nothing, and can be sent again or taken back', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const room = bob.join(id)
    await isLive(room)
    await ann.rooms.update({ room_id: id, settings: { chat: 'host' } })
    await until(room.state, ({ room: now }) => now?.settings.chat === 'host', 'the change')
    const refused = room.send('May I?')
    const failed: unknown = await refused.stored.catch((thrown: unknown) => thrown)
    assert.ok(failed instanceof ParlorError)
    assert.equal(failed.code, 'chat_disabled')
    const tooMuch = room.send('May I really?')
    await assert.rejects(tooMuch.stored)
    const [first, second] = room.messages.get().items
    assert.deepEqual([first?.status, first?.error?.code, second?.status], ['failed', 'chat_disabled', 'failed'])
    second?.discard?.()
    await until(room.messages, ({ items }) => items.length === 1, 'one left')
    await ann.rooms.update({ room_id: id, settings: { chat: 'everyone' } })
    first?.retry?.()
    await until(room.messages, ({ items }) => items[0]?.status === 'sent', 'the message')
    assert.deepEqual(contents(await readHistory<Message>(server.url, id)), ['May I?'])
  })

  test('[S6] tells who is turned away, removed, or in a room that closes; a password lets in', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id } = await ann.rooms.create({ name: 'Tea', is_private: true, password: 'oolong' })
    const here = ann.join(id)
    await isLive(here)
    const room = bob.join(id)
    await until(room.state, ({ error }) => error?.code === 'password_required', 'the refusal')
    room.retry({ password: 'wrong' })
    await until(room.state, ({ error }) => error?.code === 'invalid_password', 'the second')
    room.retry({ password: 'oolong' })
    await isLive(room)
    await ann.rooms.removeMember({ room_id: id, user_id: bob.me.get()?.id ?? '' })
    const removed = await until(room.state, ({ phase }) => phase === 'removed', 'being removed')
    assert.equal(removed.error?.code, 'removed')
    await ann.rooms.close({ room_id: id })
    await until(here.state, ({ phase }) => phase === 'closed', 'the end')
  })

  test('[S9] a new name reaches what is shown of somebody already', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const [here, there] = [ann.join(id), bob.join(id)]
    await Promise.all([isLive(here), isLive(there)])
    await here.send('One').stored
    await there.send('Two').stored
    await ann.auth.updateMe({ username: 'Anna' })
    for (const { messages } of [here, there]) {
      const { items } = await until(messages, ({ items }) => items[0]?.message.sender.name === 'Anna', 'the name')
      assert.deepEqual(
        items.map(({ message }) => message.sender.name),
        ['Anna', 'Bob'],
      )
    }
  })

  test('[S10] too many passwords are told, not waited out', async () => {
    await using limiting = await startServer({ env: { RATE_LIMIT_FACTOR: '1' } })
    using ann = await guest('Ann', {}, limiting.url)
    using bob = await guest('Bob', {}, limiting.url)
    const { id } = await ann.rooms.create({ name: 'Tea', is_private: true, password: 'oolong' })
    const room = bob.join(id)
    await until(room.state, ({ phase }) => phase === 'refused', 'the question')
    for (let tries = 0; tries < 20 && room.state.get().error?.code !== 'rate_limited'; tries++) {
      room.retry({ password: 'wrong' })
      await until(room.state, ({ phase }) => phase === 'refused', 'the answer')
    }
    const { error } = room.state.get()
    assert.equal(error?.code, 'rate_limited')
    assert.ok((error?.details.retry_after ?? 0) > 0)
  })

  test('[S6] who was removed while away is not a member again by itself, but may come back', async () => {
    await using proxy = await startProxy(server.port)
    using ann = await guest('Ann')
    using bob = await guest('Bob', {}, proxy.url)
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const room = bob.join(id)
    await isLive(room)
    proxy.refuse(true)
    proxy.cut()
    await until(room.state, ({ phase }) => phase === 'catching_up', 'the cut')
    await ann.rooms.removeMember({ room_id: id, user_id: bob.me.get()?.id ?? '' })
    proxy.refuse(false)
    await until(room.state, ({ phase }) => phase === 'removed', 'being removed')
    room.retry()
    await isLive(room)
    await room.send('back').stored
  })

  test('[S2] a member whose view changes has the room replaced in place, and hears each event once', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    using cy = await guest('Cy')
    const { id } = await ann.rooms.create({ name: 'Tea' })
    await ann.rooms.removeMember({ room_id: id, user_id: cy.me.get()?.id ?? '', ban: true })
    const [anns, room] = [ann.join(id), bob.join(id)]
    for (const each of [anns, room]) await isLive(each)
    const heard: string[] = []
    const sizes: number[] = []
    room.on('new_message', ({ content }) => void heard.push(content ?? ''))
    await anns.send('one').stored
    await until(room.messages, ({ items }) => items.length === 1, 'the first message')
    room.messages.subscribe(() => void sizes.push(room.messages.get().items.length))
    await ann.rooms.setRole({ room_id: id, user_id: bob.me.get()?.id ?? '', role: 'cohost' })
    await until(room.records('ban'), (bans) => bans.size === 1, 'the records of moderators')
    assert.equal(room.state.get().me?.role, 'cohost')
    const languages = { speaks: ['en'], reads: ['es'] }
    await room.setLanguages(languages)
    await until(room.state, ({ me }) => me?.languages?.reads[0] === 'es', 'the languages')
    assert.deepEqual([room.state.get().me?.languages, anns.state.get().me?.languages], [languages, null])
    await anns.send('two').stored
    await until(room.messages, ({ items }) => items.length === 2, 'the second message')
    assert.deepEqual(heard, ['one', 'two'])
    assert.ok(!sizes.includes(0), 'the messages are never shown as none')
  })

  test('[C3] comes back at once when the network is back, or somebody looks', async () => {
    await using proxy = await startProxy(server.port)
    const window = Object.assign(new EventTarget(), {
      localStorage: { length: 0, key: () => null, getItem: () => null, setItem() {}, removeItem() {} },
    })
    const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    // Pauses never end here, so the client reconnects for another reason.
    using ann = openSdk(
      { url: proxy.url },
      { browser: { window, document }, time: { ...realTime, after: () => () => {} } },
    )
    await ann.auth.guest({ name: 'Ann' })
    for (const [target, event] of [
      [window, 'online'],
      [document, 'visibilitychange'],
    ] as const) {
      await until(ann.state, ({ phase }) => phase === 'online', 'the connection')
      proxy.cut()
      await until(ann.state, ({ phase, retry_at }) => phase === 'reconnecting' && retry_at !== null, 'the cut')
      target.dispatchEvent(new Event(event))
    }
    await until(ann.state, ({ phase }) => phase === 'online', 'the connection')
  })

  test('a waiting room: who comes waits, the host sees it and lets them in, or does not', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    using cleo = await guest('Cleo')
    const { id } = await ann.rooms.create({ name: 'Tea', settings: { waiting: true } })
    const here = ann.join(id)
    await isLive(here)
    const [one, other] = [bob.join(id), cleo.join(id)]
    await until(one.state, ({ phase }) => phase === 'waiting', 'waiting')
    await until(other.state, ({ phase }) => phase === 'waiting', 'waiting')
    assert.equal(one.state.get().waiting_for?.name, 'Tea')
    await until(here.records('waiting'), (waiting) => waiting.size === 2, 'both')
    await ann.rooms.admit({ room_id: id, user_id: bob.me.get()?.id ?? '' })
    await isLive(one)
    await ann.rooms.deny({ room_id: id, user_id: cleo.me.get()?.id ?? '' })
    const denied = await until(other.state, ({ phase }) => phase === 'denied', 'the denial')
    assert.equal(denied.error?.code, 'denied')
    await until(here.records('waiting'), (waiting) => waiting.size === 0, 'nobody')
  })

  test('[S3] [S4] a long room: pages both ways, a bounded window, and the way back to the newest', async () => {
    using ann = await guest('Ann', { windowSize: 120 })
    using bob = await guest('Bob')
    const { id } = await ann.rooms.create({ name: 'Tea' })
    const there = bob.join(id)
    const all = Array.from({ length: 400 }, (_, n) => there.send(`message ${n}`).stored)
    const history = await Promise.all(all)
    const room = ann.join(id)
    await isLive(room)
    assert.deepEqual(shown(room), history.slice(-50))
    while (room.messages.get().hasOlder) await room.messages.loadOlder()
    assert.deepEqual(shown(room), history.slice(0, 120))
    const late = await there.send('the latest').stored
    await until(room.messages, ({ unseen }) => unseen === 1, 'one unseen')
    await room.messages.loadNewer()
    assert.deepEqual(shown(room), history.slice(100, 220))
    await room.messages.jumpToLatest()
    assert.deepEqual(shown(room).at(-1), late)
    assert.deepEqual([room.messages.get().hasNewer, room.messages.get().unseen], [false, 0])
    const first = history[5]
    assert.equal(await room.messages.loadAround(first?.id ?? ''), true)
    assert.ok(shown(room).some((message) => message.id === first?.id))
    assert.equal(await room.messages.loadAround('not there'), false)
  })
})
