import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Proxy, startProxy } from '../harness/proxies/proxy.ts'
import type { Random } from '../harness/random.ts'
import { within } from '../harness/recorder.ts'
import { createRoom, ok, readHistory, signInGuest } from '../harness/rest.ts'
import { SdkMember } from '../harness/sdk.ts'
import { startServer } from '../harness/server.ts'
import type { Message, Room } from '../harness/wire.ts'
import { announced } from '../scenarios/crash.ts'

const people = 6
const goal = 200

test(`[S1] [O2] [O3] ${goal} random cuts while those who are cut write: nothing missing, nothing twice, in order`, {
  timeout: 120_000,
}, async (t) => {
  const random = announced(t)
  await using server = await startServer()
  const { url, port } = server
  const guests = await Promise.all(Array.from({ length: people }, (_, n) => signInGuest(url, `Guest ${n}`)))
  const [host] = guests
  assert.ok(host)
  const { id: room_id } = await createRoom(url, host)
  await using proxies = new AsyncDisposableStack()
  const crowd = await Promise.all(
    guests.map(async ({ token }) => {
      const proxy = proxies.use(await startProxy(port))
      const member = proxies.use(new SdkMember(proxy.url, room_id, { token }))
      await member.here()
      return { proxy, member }
    }),
  )

  const cuts = () => crowd.reduce((sum, { proxy }) => sum + proxy.cuts, 0)
  const isOver = () => cuts() >= goal
  const writing = crowd.map(({ member }, m) => write(member, m, isOver))
  await within(Promise.all(crowd.map((one) => keepCutting(one, random, isOver))), 'all the cuts', 90_000)
  const written = await within(Promise.all(writing), 'the rest of the messages', 30_000)

  const history = await readHistory<Message>(url, room_id)
  t.diagnostic(`${cuts()} cuts, ${history.length} messages`)
  for (const [m, contents] of written.entries()) {
    const own = history.filter(({ sender }) => sender.id === guests[m]?.id).map(({ content }) => content)
    assert.deepEqual(own, contents, 'each once, in the order of writing')
  }
  assert.equal(history.length, written.flat().length)
  const { last_seq } = await ok<Room>(url, 'GET', `/api/rooms/${room_id}`)
  for (const { member } of crowd) {
    await member.reaches(last_seq)
    const { messages, isWhole, problems } = member.seen()
    assert.deepEqual(problems, [])
    assert.ok(isWhole, 'so little can always be caught up')
    assert.deepEqual(messages, history)
  }
})

/** Writes a message now and then, whatever the connection does; answers the texts when all are stored. */
async function write(member: SdkMember, m: number, isOver: () => boolean): Promise<string[]> {
  const contents: string[] = []
  const stored: Promise<unknown>[] = []
  while (!isOver()) {
    const content = `message ${contents.length} of ${m} ${'x'.repeat(contents.length % 200)}`
    contents.push(content)
    stored.push(member.send('', content))
    await wait(30)
  }
  await Promise.all(stored)
  return contents
}

/** Cuts one client again and again: within frames, in the handshake and the join, after a stall, or for a while. */
async function keepCutting(
  { proxy, member }: { proxy: Proxy; member: SdkMember },
  random: Random,
  isOver: () => boolean,
) {
  while (!isOver()) {
    const kind = random.between(1, 10)
    if (kind <= 5) {
      await proxy.cutAfter(random.between(1, 4000))
    } else if (kind <= 7) {
      proxy.cut()
      await proxy.cutAfter(random.between(1, 1500))
    } else if (kind <= 9) {
      proxy.stall()
      await wait(random.between(1, 100))
      proxy.cut()
      proxy.resume()
    } else {
      proxy.refuse(true)
      proxy.cut()
      await wait(random.between(1, 100))
      proxy.refuse(false)
    }
    await within(member.here(), 'coming back', 20_000)
  }
}
