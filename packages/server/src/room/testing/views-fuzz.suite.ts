import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Backend } from '../../platform/db/testing/backends.ts'
import type { Audience } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { watchAsked } from '../../features/testing/settled.ts'
import { permit } from '../../core/testing/read-permit.ts'
import type { Live, Viewer } from '../live/live.ts'
import { addressed, createLiveHarness, kept } from './live.ts'
import { connectTo, settle } from './live-client.ts'
import { type Random, randomFrom } from './random.ts'
import type { Op, RoomRow } from '../types.ts'
import { type Client, expected, type Model, type Sight, sightNow, takeFrames, takeJoined } from './views-model.ts'

const seedsRun = 6
const steps = 90
const users = [2, 3, 4, 5]
const languages = ['fr', 'de']
const audiences: readonly Audience[] = ['room', 'moderators', 'user:u2', 'user:u3', 'lang:fr', 'lang:de']

class Run {
  readonly harness: Awaited<ReturnType<typeof createLiveHarness>>
  readonly room: RoomRow
  readonly random: Random
  readonly model: Model
  readonly nodes: Live[] = []
  readonly clients: Client[] = []
  readonly renewing = new Set<Promise<void>>()
  readonly #settled: () => Promise<void>
  made = 0

  constructor(harness: Run['harness'], room: RoomRow, random: Random, settled: () => Promise<void>) {
    this.harness = harness
    this.#settled = settled
    this.room = room
    this.random = random
    this.model = { audiences: new Map(), sights: new Map(), end: room.last_seq, underWay: 0 }
    const onViewChanged = (_: unknown, viewer: Viewer) => this.#renew(viewer)
    this.nodes.push(harness.node({ onViewChanged }), harness.node({ onViewChanged }))
  }

  #pick<T>(of: readonly T[]): T {
    const found = of[this.random.below(of.length)]
    assert.ok(found !== undefined)
    return found
  }

  #renew({ id }: Viewer): void {
    const work = async () => {
      await settle(this.random.below(4))
      const client = this.clients.find(({ test: { id: one } }) => one === id)
      if (!client?.live.isOutdated(id, this.room.num)) return
      await this.join(client, null, true)
    }
    const done: Promise<void> = work().finally(() => this.renewing.delete(done))
    this.renewing.add(done)
  }

  /** Attaches; false: it is no member (any more). */
  async join(client: Client, cursor: number | null, isRenewed = false): Promise<void> {
    const { live, test: connection, known } = client
    const readFrom = this.model.end + this.model.underWay
    const asked = { after_seq: cursor, epoch: cursor === null ? null : known.epoch }
    const attachment = await live.attach(permit, connection.id, this.room, asked).catch((error: unknown) => {
      // A stream that was cut.
      if (error instanceof AppError && error.is('timeout')) return null
      throw error
    })
    if (attachment === null) return
    if (attachment.catchup.member === null) return live.detach(connection.id, this.room.num, 'removed')
    if (attachment.begin()) takeJoined(this.model, client, attachment, isRenewed ? readFrom : null)
  }

  async commit(actor: number, op: Op, audience: Audience = 'room'): Promise<number> {
    this.model.underWay = 1
    const { events, records } = await this.harness.commit(this.room.id, actor, [op])
    this.model.underWay = 0
    const seq = events[0]?.seq ?? records[0]?.seq
    if (seq === undefined) return 0
    this.model.audiences.set(seq, audience)
    this.model.end = seq
    return seq
  }

  see(user: number, from: number, sees: Sight['sees']): void {
    const all = this.model.sights.get(user) ?? []
    all.push({ from, sees })
    this.model.sights.set(user, all)
  }

  async admit(user: number, role = 'member'): Promise<void> {
    const seq = await this.commit(user, { op: 'admit', user, role, capacity: null })
    this.see(user, seq - 1, { isModerator: role === 'host', reads: [] })
  }

  connect(user: number): Client {
    const live = this.#pick(this.nodes)
    const known = { seq: 0, epoch: '', records: new Map<string, object>(), log: new Map<number, string>() }
    const client = {
      ...{ user, live, known, applied: 0, base: 0, got: new Set<number>(), joinedAt: 0 },
      test: connectTo(live, user, { present: this.random.chance(0.7) }),
    }
    this.clients.push(client)
    return client
  }

  async step(): Promise<void> {
    const { random } = this
    const user = this.#pick(users)
    const sight = sightNow(this.model, user)
    const client = this.#pick(this.clients)
    const audience = this.#pick(audiences)
    const key = `${audience} ${random.below(2)}`
    switch (random.below(14)) {
      case 0:
      case 1:
      case 2:
        return void (await this.commit(
          1,
          { op: 'append', type: addressed, body: () => ({ content: `${++this.made}`, audience }) },
          audience,
        ))
      case 3:
      case 4: {
        const value = { [`p${random.below(3)}`]: ++this.made }
        const next = (before: object | null) => (random.chance(0.3) ? value : { ...before, ...value })
        return void (await this.commit(1, { op: 'change', type: kept, key, next }, audience))
      }
      case 5:
        return void (await this.commit(1, { op: 'remove', type: kept, key }, audience))
      case 6:
      case 7: {
        if (sight === null) return
        const role = sight.isModerator ? 'member' : 'host'
        const seq = await this.commit(user, { op: 'role', user, role, by: null })
        if (seq > 0) this.see(user, seq, { ...sight, isModerator: !sight.isModerator })
        return
      }
      case 8:
      case 9: {
        if (sight === null) return
        const reads = languages.filter(() => random.chance(0.5))
        const named = { speaks: [this.#pick(languages)], reads }
        const own: Audience = `user:u${user}`
        const seq = await this.commit(user, { op: 'languages', user, user_id: `u${user}`, languages: named }, own)
        if (seq > 0 && reads.join() !== sight.reads.join()) this.see(user, seq, { ...sight, reads })
        return
      }
      case 10: {
        if (sight === null) return this.admit(user, random.chance(0.3) ? 'host' : 'member')
        const seq = await this.commit(user, { op: 'expel', user, by: null })
        return this.see(user, seq, null)
      }
      case 11:
        return settle(random.below(8))
      case 12:
        return this.join(client, random.chance(0.3) ? null : this.#cursorOf(client))
      default: {
        takeFrames(this.model, client)
        client.live.close(client.test.id)
        const live = this.#pick(this.nodes)
        Object.assign(client, { live, test: connectTo(live, client.user), applied: 0 })
        return this.join(client, client.known.epoch === '' ? null : client.known.seq)
      }
    }
  }

  #cursorOf(client: Client): number | null {
    takeFrames(this.model, client)
    return client.known.epoch === '' ? null : client.known.seq
  }

  /** Everything delivered, and everyone who may be is in the room. */
  async rest(): Promise<void> {
    for (let n = 0; n < 3; n += 1) {
      await settle(8)
      await this.#settled()
      while (this.renewing.size > 0) await Promise.all(this.renewing)
    }
    for (const client of this.clients) {
      takeFrames(this.model, client)
      if (client.test.cuts.length > 0) {
        const live = this.#pick(this.nodes)
        Object.assign(client, { live, test: connectTo(live, client.user), applied: 0 })
      }
      if (!client.live.isAttached(client.test.id, this.room.num))
        await this.join(client, client.known.epoch === '' ? null : client.known.seq)
    }
    await settle(8)
    await this.#settled()
  }

  /** Each client knows what someone with the same view knows who comes now, and got all of its sight. */
  async check(): Promise<void> {
    await this.rest()
    for (const client of this.clients) {
      const { user, base, got, known } = client
      if (sightNow(this.model, user) === null) continue
      takeFrames(this.model, client)
      assert.deepEqual([...got], expected(this.model, user, base, this.model.end), `u${user} has all of its view`)
      const other = this.connect(user)
      await this.join(other, null)
      assert.deepEqual(known.records, other.known.records, `records of u${user}`)
      assert.deepEqual([...known.log], [...other.known.log], `log of u${user}`)
      this.clients.pop()
      other.live.close(other.test.id)
    }
  }
}

/** Roles and languages change while entries for all audiences are committed, on two nodes. */
export function viewsFuzz(name: string, create: () => Promise<Backend>): void {
  suite(`views on ${name}`, () => {
    let backend: Backend
    before(async () => void (backend = await create()))
    after(() => backend.stop())

    const first = Math.floor(Math.random() * 1e9)
    for (let seed = first; seed < first + seedsRun; seed += 1) {
      test(`[V1] [V2] [V3] [V4] [L1] live and recovery are what a fresh reader of the view has (seed ${seed})`, async () => {
        // PostgreSQL answers when it does: turns of the event loop alone say nothing of a query under way.
        const { db, settled } = watchAsked(await backend.open())
        await using harness = await createLiveHarness({
          db,
          events: [addressed],
          records: [kept],
        })
        const run = new Run(harness, await harness.createRoom('views'), randomFrom(seed), settled)
        for (const user of users) await run.admit(user)
        for (const user of [...users, ...users]) await run.join(run.connect(user), null)
        for (let n = 0; n < steps; n += 1) {
          await run.step()
          if (n % 30 === 29) await run.check()
        }
        assert.deepEqual(harness.failures, [])
      })
    }
  })
}
