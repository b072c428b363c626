import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { seeded, type Random } from '../../../../../test/harness/random.ts'
import type { AnyDatabase } from '../../platform/db/open-database.ts'
import { type Answer, codeOf } from './doors.ts'
import { type Backend, createRoom, createWorld, type Guest, signIn, type World } from './world.ts'

const seeds = Array.from({ length: 8 }, (_, index) => 11 + index)
const steps = 24
const password = 'a password of the room'

/** The same database, with each answer delayed by some turns of the event loop. */
function slowly(given: AnyDatabase, random: Random): AnyDatabase {
  return new Proxy(given, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name)
      if (typeof found !== 'function') return found
      return (...args: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(found, target, args)
        if (!(answer instanceof Promise)) return answer
        return answer.finally(() => turns(random.between(0, 4)))
      }
    },
  })
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

type Client = Awaited<ReturnType<World['connect']>>
type Posted = ReturnType<World['rest']>
type Sent = { name: string; content: string; code: Promise<string> }

/** A client that sends its calls without waiting for answers, and knows their expected outcomes. */
class Script {
  readonly sent: Sent[] = []
  /** Its joins and leaves, in order. */
  readonly comings: { joins: boolean; code: Promise<string> }[] = []
  /** Its connection was closed; calls sent before still run. */
  isGone = false
  /** Its session ended: calls whose turn comes later are refused. */
  isSignedOut = false
  readonly #client: Client
  readonly #room_id: string
  readonly #name: string

  constructor(name: string, client: Client, room_id: string) {
    this.#name = name
    this.#client = client
    this.#room_id = room_id
  }

  send(more: object = {}): void {
    const content = `${this.#name} ${this.sent.length}`
    this.sent.push({ name: this.#name, content, code: this.#ask('send_message', { content, ...more }) })
  }

  join(): void {
    this.comings.push({ joins: true, code: this.#ask('join_room', { password }) })
  }

  leave(): void {
    this.comings.push({ joins: false, code: this.#ask('leave_room') })
  }

  update(change: object): Promise<string> {
    return this.#ask('update_room', change)
  }

  async point(x: number): Promise<void> {
    const code = await this.#ask('presence', { state: { x } })
    assert.ok(['ok', 'not_a_member', ...(this.isSignedOut ? ['not_authenticated'] : [])].includes(code), code)
  }

  /** Signs the user out elsewhere, while its calls run. */
  signOut(world: World, token: string): void {
    this.isGone = true
    this.isSignedOut = true
    void world.rest('POST', '/api/auth/logout', { token })
  }

  disconnect(): void {
    this.isGone = true
    this.#client.close()
  }

  #ask(event: string, fields: object = {}): Promise<string> {
    return codeOf(this.#client.ask(event, { room_id: this.#room_id, ...fields }))
  }
}

/** The calls of one connection keep their order, whatever the calls, however slow the reads, and whatever other users do. */
export function callOrderContract(name: string, backend: Backend): void {
  suite(`the order of calls on ${name}`, () => {
    after(() => backend.stop())

    async function open(seed: number) {
      const random = seeded(seed)
      const world = await createWorld(slowly(await backend.open(), random))
      const host = await signIn(world, 'Ann')
      const room = await createRoom(world, host, { password })
      const script = async (who: Guest | null, called: string) =>
        new Script(called, await world.connect(who?.token ?? null, `192.0.2.${called.length}`), room.id)
      const read = async (): Promise<{ content: string; id: string }[]> => {
        const page = await world.rest('GET', `/api/rooms/${room.id}/messages?limit=200`, { token: host.token })
        return page.body.messages.map(({ content, id }: Answer) => ({ content, id }))
      }
      return { random, world, host, room, script, read }
    }

    test('[CO1] [CO2] a reply, which looks up a message first, is not overtaken by later messages of its client', async () => {
      const { world, host, script, read } = await open(1)
      await using _ = world
      const ann = await script(host, 'ann')
      ann.join()
      ann.send()
      await ann.sent[0]?.code
      const reply_to = (await read())[0]?.id
      for (let index = 0; index < 40; index += 1) ann.send(index % 2 === 0 ? { reply_to } : {})
      await all(ann)
      assert.deepEqual(
        contents(await read()),
        ann.sent.map(({ content }) => content),
      )
    })

    test('[C14] messages that are planned again because the room is renamed keep their order', async () => {
      const { world, host, script } = await open(2)
      await using _ = world
      const [ann, second] = [await script(host, 'ann'), await script(host, 'second')]
      ann.join()
      second.join()
      await all(ann, second)
      for (let round = 0; round < 20; round += 1) {
        const renamed = second.update({ name: `Room ${round}` })
        for (let index = 0; index < 12; index += 1) ann.send()
        assert.equal(await renamed, 'ok')
      }
      await all(ann)
      assert.deepEqual(
        contents(await everything(world, host, ann)),
        ann.sent.map(({ content }) => content),
      )
    })

    test('[CO3] a message right after join_room is sent as a member, and leave_room right after join_room detaches', async () => {
      const { world, script, room } = await open(3)
      await using _ = world
      const comers = await Promise.all(Array.from({ length: 12 }, (_, index) => script(null, `guest ${index}`)))
      for (const comer of comers) {
        comer.join()
        comer.send()
        comer.leave()
      }
      await all(...comers)
      for (const { sent } of comers) assert.deepEqual(await Promise.all(sent.map(({ code }) => code)), ['ok'])
      assert.equal(world.live.receivers((await world.engine.find(room.id))?.num ?? 0), 0)
    })

    for (const seed of seeds)
      test(`[CO1] [CO3] [CO4] [CO6] [C14] seed ${seed}: every message is in order, or refused with a reason`, async () => {
        const { random, world, host, room, script, read } = await open(seed)
        await using _ = world
        const ann = await script(host, 'ann')
        ann.join()
        await all(ann)
        const gus = await signIn(world, 'Gus')
        const guest = await script(gus, 'gus')
        const comers = [guest, ...(await Promise.all(['cleo', 'dora'].map((called) => script(null, called))))]
        for (const comer of comers) comer.join()
        const posted: Posted[] = []
        for (let step = 0; step < steps; step += 1) {
          const stage = random.between(0, 10)
          if (stage === 0) void ann.update({ name: `Room ${step}` })
          else if (stage === 1) void ann.update({ settings: { chat: random.oneOf(['off', 'everyone']) } })
          else if (stage === 2) ann.send()
          else if (stage === 3) posted.push(post(`posted ${step}`))
          else act(random.oneOf(comers), stage, step)
          await turns(random.between(0, 2))
        }
        await all(ann, ...comers)
        const found = contents(await read())
        for (const each of [ann, ...comers]) {
          const kept = await accepted(each.sent)
          assert.deepEqual(
            found.filter((content) => kept.includes(content)),
            kept,
            'in the order in which they were sent',
          )
        }
        const stored = (await Promise.all(posted)).filter(({ status }) => status === 201)
        assert.equal(
          found.length,
          (await accepted([ann, ...comers].flatMap(({ sent }) => sent))).length + stored.length,
          'each accepted message once, and no refused one',
        )

        function act(comer: Script, stage: number, step: number): void {
          if (comer.isGone) return
          if (stage === 4) comer.leave()
          else if (stage === 5) comer.join()
          else if (stage === 6) void comer.point(step)
          else if (stage === 7 && random.between(0, 3) === 0) {
            comer.send()
            if (comer === guest) comer.signOut(world, gus.token)
            else comer.disconnect()
            comer.send()
          } else for (let count = random.between(1, 5); count > 0; count -= 1) comer.send()
        }

        function post(content: string): Posted {
          return world.rest('POST', `/api/rooms/${room.id}/messages`, { token: host.token, body: { content } })
        }
      })
  })
}

const contents = (messages: readonly { content: string }[]): string[] => messages.map(({ content }) => content)

async function all(...scripts: Script[]): Promise<void> {
  for (const { sent, comings, isGone, isSignedOut } of scripts) {
    const ended = isSignedOut ? ['not_authenticated'] : []
    for (const { code } of comings)
      assert.ok(
        ['ok', ...ended, ...(isGone ? ['timeout', 'not_a_member', 'rate_limited'] : [])].includes(await code),
        await code,
      )
    for (const { code } of sent) assert.ok(['ok', 'chat_disabled', ...ended].includes(await code), await code)
  }
}

async function accepted(sent: readonly Sent[]): Promise<string[]> {
  const codes = await Promise.all(sent.map(({ code }) => code))
  return sent.filter((_, index) => codes[index] === 'ok').map(({ content }) => content)
}

/** The whole history, over several pages, oldest first. */
async function everything(world: World, host: Guest, { sent }: Script): Promise<{ content: string }[]> {
  const found: { content: string }[] = []
  const [room] = world.live.roomsOf(host.id)
  for (let after = 0; found.length < sent.length; ) {
    const path = `/api/rooms/${room?.id}/messages?limit=200&after=${after}`
    const { body } = await world.rest('GET', path, { token: host.token })
    found.push(...body.messages)
    if (body.next_cursor === null) break
    after = body.next_cursor
  }
  return found
}
