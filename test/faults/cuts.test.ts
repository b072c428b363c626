import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Follower } from '../harness/members/follower.ts'
import { Member } from '../harness/members/member.ts'
import { type Proxy, startProxy } from '../harness/proxies/proxy.ts'
import type { Random } from '../harness/random.ts'
import { within } from '../harness/recorder.ts'
import { createRoom, type Guest, ok, readHistory, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import type { Message, Room } from '../harness/wire.ts'
import { announced } from '../scenarios/crash.ts'

const goal = 600
const shape = { websocket: 16, polling: 8, stream: 6 }

test(`${goal} random cuts while messages flow: nothing lost, nothing twice, in order, \`recovered\` right each time`, {
  timeout: 120_000,
}, async (t) => {
  const random = announced(t)
  await using server = await startServer()
  const { url, port } = server
  const people = await Promise.all(Array.from({ length: 8 }, (_, n) => signInGuest(url, `Guest ${n}`)))
  const [host] = people
  assert.ok(host)
  const { id: room_id } = await createRoom(url, host)
  // This connection is never cut; the others must have seen the same events.
  using witness = new Member(url, room_id, { token: host.token })
  await witness.here()

  const crowd = await gatherBehindProxies(url, port, room_id, people)
  const cuts = () => crowd.reduce((sum, { proxy }) => sum + proxy.cuts, 0)
  const isOver = () => cuts() >= goal
  try {
    let flowing = true
    const flow = sendSteadily(url, room_id, people, () => !flowing)
    const cutting = Promise.all(crowd.map((one) => keepCutting(one, random, witness, isOver)))
    await within(cutting, 'all the cuts', 90_000).finally(() => (flowing = false))
    const sent = await flow
    t.diagnostic(`${cuts()} cuts, ${sent} messages`)

    const history = await readHistory<Message>(url, room_id)
    assert.equal(history.length, sent)
    const { last_seq } = await ok<Room>(url, 'GET', `/api/rooms/${room_id}`)
    await witness.reaches(last_seq)
    assert.deepEqual(witness.view.problems, [])
    for (const one of crowd) {
      if (one.member) await checkMember(one.member, witness, last_seq)
      else await checkFollower(one.follower, history)
    }
  } finally {
    for (const one of crowd) {
      one.member?.[Symbol.dispose]()
      await one.follower?.stop()
      await one.proxy[Symbol.asyncDispose]()
    }
  }
})

type Cuttable = { proxy: Proxy } & (
  | { member: Member; follower?: undefined }
  | { follower: Follower; member?: undefined }
)

/** Connects each client through a proxy of its own; all have joined before the first cut. */
async function gatherBehindProxies(
  url: string,
  port: number,
  room_id: string,
  people: readonly Guest[],
): Promise<Cuttable[]> {
  const crowd: Cuttable[] = []
  for (const transport of ['websocket', 'polling'] as const) {
    for (let n = 0; n < shape[transport]; n++) {
      const proxy = await startProxy(port)
      const token = people[n % people.length]?.token
      crowd.push({ proxy, member: new Member(proxy.url, room_id, { token, transports: [transport] }) })
    }
  }
  for (let n = 0; n < shape.stream; n++) {
    const proxy = await startProxy(port)
    crowd.push({ proxy, follower: new Follower(proxy.url, `/api/events?room_id=${room_id}`) })
  }
  await Promise.all(
    crowd.map(async ({ member, follower }) => {
      await (member ? member.here() : follower.openings.until(() => true, 'a stream'))
    }),
  )
  // A stream has no cursor before its first event.
  const first = await ok<Message>(url, 'POST', `/api/rooms/${room_id}/messages`, {
    token: people[0]?.token,
    body: { content: 'The first' },
  })
  await Promise.all(
    crowd.map(async ({ follower }) => {
      await follower?.heard.until(({ data }) => data['seq'] === first.seq, 'the first message')
    }),
  )
  return crowd
}

/** Sends about 200 messages a second through direct connections; returns their number, with the first message. */
async function sendSteadily(url: string, room_id: string, people: readonly Guest[], isOver: () => boolean) {
  const counts = await Promise.all(
    people.slice(0, 2).map(async ({ token }, sender) => {
      using member = new Member(url, room_id, { token })
      await member.here()
      let sent = 0
      for (; !isOver(); sent++) {
        await member.send(`${sender}-${sent}`, `message ${sent} of ${sender} ${'x'.repeat(sent % 200)}`)
        await wait(10)
      }
      return sent
    }),
  )
  return counts.reduce((sum, count) => sum + count, 1)
}

/** Cuts one client repeatedly: within frames, during the handshake or the join, after a stall, or when idle. */
async function keepCutting(one: Cuttable, random: Random, witness: Member, isOver: () => boolean) {
  const { proxy } = one
  while (!isOver()) {
    const kind = random.between(1, 10)
    if (kind <= 5) {
      await proxy.cutAfter(random.between(1, 5000))
    } else if (kind <= 7) {
      // Two in a row: the second falls into the handshake, the join or its answer.
      proxy.cut()
      await proxy.cutAfter(random.between(1, 1500))
    } else if (kind <= 9) {
      await messages(witness, random.between(1, 5))
      proxy.cut()
    } else {
      proxy.stall()
      await messages(witness, random.between(1, 20))
      proxy.cut()
      proxy.resume()
    }
    await back(one)
  }
}

/** Waits until the witness has got `count` more events. */
async function messages({ client: { heard } }: Member, count: number) {
  const goal = heard.items.length + count
  await heard.until(() => heard.items.length >= goal, `${count} more events`)
}

/** Waits until the client has reconnected; if it has not noticed the cut yet, the next cut comes on top. */
async function back({ member, follower, proxy }: Cuttable) {
  if (member) await within(member.here(), 'coming back')
  else if (proxy.links === 0)
    await follower.openings.until(() => true, 'the stream again', { from: follower.openings.items.length })
}

async function checkMember(member: Member, witness: Member, last_seq: number) {
  const { view } = member
  await member.reaches(last_seq)
  assert.deepEqual(view.problems, [])
  let known = 0
  for (const { asked, reply } of view.joins) {
    const after = asked['after_seq']
    const expected = typeof after === 'number' && reply.seq - after <= 500
    assert.equal(reply.recovered, expected, `asked ${String(after)}, answered ${reply.seq}`)
    if (!reply.recovered) known = reply.seq
  }
  const since = (other: Member) => other.view.inOrder().filter(({ seq }) => seq > known)
  assert.deepEqual(since(member), since(witness))
}

async function checkFollower(follower: Follower, history: readonly Message[]) {
  const last = history.at(-1)?.seq
  await follower.heard.until(({ event, data }) => event === 'new_message' && data['seq'] === last, 'the last message')
  const names = new Set(follower.heard.items.map(({ event }) => event))
  assert.ok(!names.has('reset'), 'a stream that was cut for a moment has no gap')
  const heard = follower.heard.items.filter(({ event }) => event === 'new_message').map(({ data }) => data)
  assert.deepEqual(heard, history)
}
