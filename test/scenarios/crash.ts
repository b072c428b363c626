import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { DatabaseKind } from '../harness/databases.ts'
import { Follower } from '../harness/members/follower.ts'
import { Member } from '../harness/members/member.ts'
import { type Random, seeded } from '../harness/random.ts'
import { within } from '../harness/recorder.ts'
import { createRoom, ok, readHistory, signInGuest } from '../harness/rest.ts'
import type { SdkMember } from '../harness/sdk.ts'
import { startServer } from '../harness/server.ts'
import type { Message, Room } from '../harness/wire.ts'

const people = 20
const rounds = 4
const inFlight = 2

/** How a member joins the room: with a bare client written from the documents, or with the SDK. */
export type Enter<Client> = (url: string, room_id: string, options: { token: string }) => Client
export const bare: Enter<Member> = (...where) => new Member(...where)

/** `kill -9` of the server while 20 clients send; the same clients continue when it is back. */
export function serverCrash(
  { name, missing, open }: DatabaseKind,
  enter: Enter<Member | SdkMember> = bare,
  how = '',
): void {
  test(`on ${name}${how}, kill -9 while ${people} clients send loses no acknowledged message and stores none twice`, {
    skip: missing,
    timeout: 120_000,
  }, async (t) => {
    const random = announced(t)
    await using database = await open()
    await using server = await startServer({ env: database.env })
    const { url } = server
    await using crowd = await gather(url, people, enter)

    const sending = crowd.send()
    for (let round = 0; round < rounds; round++) {
      await crowd.acknowledgedMore(random.between(100, 400))
      await server.kill()
      await server.start()
    }
    await crowd.acknowledgedMore(200)
    crowd.enough()
    await within(sending, 'the rest of the messages', 60_000)
    await crowd.check()
  })
}

export function announced(t: TestContext): Random {
  const random = seeded()
  t.diagnostic(`PARLOR_SEED=${random.seed}`)
  return random
}

/** Members of one room who all send, an SSE stream of it, and a check of everything they saw. */
export async function gather<Client extends Member | SdkMember>(url: string, size: number, enter: Enter<Client>) {
  const guests = await Promise.all(Array.from({ length: size }, (_, n) => signInGuest(url, `Guest ${n}`)))
  const [host] = guests
  assert.ok(host)
  const { id: room_id } = await createRoom(url, host)
  const members = guests.map(({ token }) => enter(url, room_id, { token }))
  await within(Promise.all(members.map((member) => member.here())), 'everyone joining')
  const follower = new Follower(url, `/api/events?room_id=${room_id}`)
  await follower.openings.until((status) => status === 200, 'the stream')

  let going = true
  const total = () => members.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0)

  return {
    room_id,
    members,
    enough: () => void (going = false),
    /** Every member sends with a few messages in flight until `enough()`; ends when all are acknowledged. */
    async send() {
      const lanes = members.flatMap((member, m) =>
        Array.from({ length: inFlight }, async (_, lane) => {
          for (let n = 0; going; n++) await member.send(`${m}-${lane}-${n}`, `message ${n} of ${m}-${lane}`)
        }),
      )
      await Promise.all(lanes)
    },
    async acknowledgedMore(count: number) {
      const goal = total() + count
      const reached = members.map(({ acks }) => acks.until(() => total() >= goal, `${goal} acks`, { ms: 30_000 }))
      // One that sees it is enough; rejections of the others must not count as unhandled.
      for (const one of reached) one.catch(() => {})
      await Promise.any(reached)
    },
    /** Every acknowledged message is stored once, and everyone saw the same order. */
    async check() {
      const history = await readHistory<Message>(url, room_id)
      const bySeq = new Map(history.map((message) => [message.seq, message]))
      for (const { acknowledged } of members)
        for (const message of acknowledged.values()) assert.deepEqual(bySeq.get(message.seq), message)
      assert.equal(history.length, total(), 'nothing is stored that was never acknowledged')
      assert.equal(new Set(history.map(({ id }) => id)).size, history.length)
      const senders = new Set(history.map(({ sender, client_id }) => `${sender.id} ${client_id}`))
      assert.equal(senders.size, history.length, 'no client_id of a sender is stored twice')

      const { last_seq } = await ok<Room>(url, 'GET', `/api/rooms/${room_id}`)
      await Promise.all(members.map((member) => member.reaches(last_seq)))
      for (const member of members) {
        const { messages, isWhole, problems } = member.seen()
        assert.deepEqual(problems, [])
        assert.deepEqual(messages, isWhole ? history : history.slice(-messages.length))
      }
      await follower.heard.until(({ data }) => data['seq'] === last_seq, `${last_seq} on the stream`)
      const streamed = follower.heard.items.filter(({ event }) => event === 'new_message').map(({ data }) => data)
      assert.deepEqual(streamed, history)
    },
    async [Symbol.asyncDispose]() {
      going = false
      for (const member of members) member[Symbol.dispose]()
      await follower.stop()
    },
  }
}
