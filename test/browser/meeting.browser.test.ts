import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import { startProxy } from '../harness/proxies/proxy.ts'
import { startServer } from '../harness/server.ts'
import { inView, movedBy } from './harness/log-view.ts'
import { composer, createRoom, enter, inviteLink, isOffline, isOnline, say, sees, texts } from './harness/steps.ts'
import { openBrowsers, type Visitor } from './harness/visitor.ts'

const browsers = await openBrowsers()

/** Numbered texts, which show what is missing, doubled or out of order. */
const numbered = (who: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${who} ${from + index}`)

async function sayAll(visitor: Visitor, all: readonly string[]): Promise<void> {
  for (const text of all) await say(visitor, text)
}

describe('chat in a room', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  /** Ann and Ben in a new room; Ben connects through `bensUrl`. */
  async function pair(t: TestContext, bensUrl = server.url): Promise<{ ann: Visitor; ben: Visitor }> {
    const [ann, ben] = await Promise.all([browsers.visitor(t, server.url), browsers.visitor(t, bensUrl)])
    await createRoom(ann, 'Living room', { as: 'Ann' })
    await enter(ben, new URL(ann.page.url()).pathname, 'Ben')
    await composer(ben).waitFor()
    return { ann, ben }
  }

  it('two people join by an invite link and exchange messages', async (t) => {
    const [ann, ben] = await Promise.all([browsers.visitor(t, server.url), browsers.visitor(t, server.url)])
    await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'invite' })
    await enter(ben, await inviteLink(ann), 'Ben')
    await say(ben, 'Hello Ann')
    await sees(ann, 'Hello Ann')
    await say(ann, 'Hello Ben')
    await sees(ben, 'Hello Ben')
    for (const { page } of [ann, ben]) await page.getByRole('heading', { level: 1, name: 'Sunday dinner' }).waitFor()
    assert.deepEqual(await texts(ann), ['Hello Ann', 'Hello Ben'])
    assert.deepEqual(await texts(ben), ['Hello Ann', 'Hello Ben'])
  })

  it('a client that was offline catches up: no message is lost or doubled, and the scroll position stays', async (t) => {
    const { ann, ben } = await pair(t)
    await sayAll(ann, numbered('Ann', 1, 40))
    await sees(ben, 'Ann 40')
    // Ben has scrolled up to earlier messages.
    await ben.page.mouse.move(400, 400)
    await ben.page.mouse.wheel(0, -700)
    const before = await inView(ben.page)
    await ben.offline(true)
    await isOffline(ben)
    await sayAll(ann, numbered('Ann', 41, 55))
    await ben.offline(false)
    await isOnline(ben)
    await sees(ben, 'Ann 55')
    assert.equal(movedBy(before, await inView(ben.page)), 0)
    assert.deepEqual(await texts(ben), numbered('Ann', 1, 55))
  })

  it('messages written offline are sent once, in order, when the network is back', async (t) => {
    const { ann, ben } = await pair(t)
    await say(ben, 'Ben 0')
    await ben.offline(true)
    await isOffline(ben)
    await sayAll(ben, numbered('Ben', 1, 5))
    await say(ann, 'Ann 1')
    await ben.offline(false)
    await sees(ann, 'Ben 5')
    await sees(ben, 'Ann 1')
    const expected = ['Ben 0', 'Ann 1', ...numbered('Ben', 1, 5)]
    assert.deepEqual(await texts(ann), expected)
    await isOnline(ben)
    assert.deepEqual(await texts(ben), expected)
  })

  it('queued messages survive leaving the page', async (t) => {
    const { ann, ben } = await pair(t)
    const room = ben.page.url()
    await ben.offline(true)
    await isOffline(ben)
    await sayAll(ben, numbered('Ben', 1, 3))
    await ben.page.goto('about:blank')
    await ben.offline(false)
    await ben.page.goto(room)
    await sees(ann, 'Ben 3')
    assert.deepEqual(await texts(ann), numbered('Ben', 1, 3))
    await isOnline(ben)
    assert.deepEqual(await texts(ben), numbered('Ben', 1, 3))
  })

  it('no message is lost or doubled over a network that cuts connections', async (t) => {
    await using proxy = await startProxy(server.port)
    const { ann, ben } = await pair(t, proxy.url)
    ben.faults.allowNetworkFailures()
    for (let round = 0; round < 4; round++) {
      const cut = proxy.cutAfter(1500)
      await sayAll(ann, numbered('Ann', round * 5 + 1, round * 5 + 5))
      await sayAll(ben, numbered('Ben', round * 5 + 1, round * 5 + 5))
      await cut
      await sees(ben, `Ann ${round * 5 + 5}`)
      await sees(ann, `Ben ${round * 5 + 5}`)
    }
    await isOnline(ben)
    const [anns, bens] = [await texts(ann), await texts(ben)]
    assert.deepEqual(bens, anns, 'both see one order')
    for (const who of ['Ann', 'Ben'])
      assert.deepEqual(
        anns.filter((text) => text.startsWith(who)),
        numbered(who, 1, 20),
      )
  })

  it('both clients continue after the server was killed and restarted: no message is lost or doubled', async (t) => {
    const { ann, ben } = await pair(t)
    await sayAll(ann, numbered('Ann', 1, 40))
    await sees(ben, 'Ann 40')
    await ben.page.mouse.move(400, 400)
    await ben.page.mouse.wheel(0, -700)
    const before = await inView(ben.page)
    for (const visitor of [ann, ben]) visitor.faults.allowNetworkFailures()
    await server.kill()
    await isOffline(ann)
    await sayAll(ann, numbered('Ann', 41, 43))
    await server.start()
    await isOnline(ann)
    await isOnline(ben)
    await sees(ben, 'Ann 43')
    assert.equal(movedBy(before, await inView(ben.page)), 0)
    assert.deepEqual(await texts(ann), numbered('Ann', 1, 43))
    assert.deepEqual(await texts(ben), numbered('Ann', 1, 43))
  })
})
