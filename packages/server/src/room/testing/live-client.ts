import { permit } from '../../core/testing/read-permit.ts'
import type { ConnectionOwner, CutReason, Frame, Live, Range, Sink } from '../live/live.ts'
import { profileOf } from './live.ts'
import type { RoomRow } from '../types.ts'

export type TestClient = {
  id: string
  heard: Frame<string>[]
  /** What each write brought, by event names. */
  writes: string[][]
  cuts: CutReason[]
  /** Writing to it throws. */
  broken: boolean
  /** Bytes that it has not read; over the limit it is passed over until `drain`. */
  stalled: number
  /** Bytes of its own that wait, as its sink says. */
  ownBytes: number
  dropped: boolean
  drain(): void
  /** What is called when it drains. */
  waiters(): number
  names(): string[]
  seqs(): number[]
  payloads(event: string): Record<string, unknown>[]
  /** The same of what waits for its next write and is for it alone. */
  told(event: string): Record<string, unknown>[]
  join(room: RoomRow, after_seq?: number, epoch?: string): Promise<Awaited<ReturnType<Live['attach']>>>
}

/** An owner that tells whenever something of it is read: so it is counted how many connections are looked at. */
export const watchedOwner = (owner: ConnectionOwner, onRead: () => void): ConnectionOwner =>
  new Proxy(owner, {
    get(target, key, receiver) {
      onRead()
      return Reflect.get(target, key, receiver)
    },
  })

const themselves = (frames: readonly Frame<string>[]) => frames

/** A connection whose sink remembers what it was given. `onRead`: something of its owner was read. */
export function connectTo(
  live: Live,
  num: number,
  given: Partial<ConnectionOwner> = {},
  onRead?: () => void,
): TestClient {
  let own: Frame<string>[] = []
  let drained: (() => void)[] = []
  const take = (frames: readonly Frame<string>[]) => {
    if (client.broken) throw new Error('cannot be written to')
    const all = [...own, ...frames]
    own = []
    if (all.length === 0) return
    client.heard.push(...all)
    client.writes.push(all.map(({ event }) => event))
  }
  const sink: Sink = {
    waiting: () => client.stalled,
    own: () => client.ownBytes,
    write: (range: Range) => take(range.encodings(themselves).flat()),
    emit: (event, json) => void own.push({ seq: 0, audience: 'room', event, json }),
    flush: () => take([]),
    whenDrained: (run) => void drained.push(run),
    drop: () => void (client.dropped = true),
    cut(reason) {
      if (client.broken && reason !== 'failed') throw new Error('cannot be told')
      client.cuts.push(reason)
    },
  }
  const profile = profileOf(num)
  const owner: ConnectionOwner = {
    user: { num, id: profile.id },
    profile,
    session_id: `s${num}`,
    address: '192.0.2.1',
    present: true,
    ...given,
  }
  const client: TestClient = {
    id: live.open(sink, onRead ? watchedOwner(owner, onRead) : owner),
    heard: [],
    writes: [],
    cuts: [],
    broken: false,
    stalled: 0,
    ownBytes: 0,
    dropped: false,
    drain() {
      client.stalled = 0
      const runs = drained
      drained = []
      for (const run of runs) run()
    },
    waiters: () => drained.length,
    names: () => client.heard.map(({ event }) => event),
    seqs: () => client.heard.filter(({ seq }) => seq > 0).map(({ seq }) => seq),
    payloads: (event) => client.heard.filter((frame) => frame.event === event).map(({ json }) => JSON.parse(json)),
    told: (event) => own.filter((frame) => frame.event === event).map(({ json }) => JSON.parse(json)),
    async join(room, after_seq, epoch) {
      const attachment = await live.attach(permit, client.id, room, {
        after_seq: after_seq ?? null,
        epoch: epoch ?? null,
      })
      attachment.begin()
      return attachment
    },
  }
  return client
}

/** Lets the passes run that are due, and the microtasks before them. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Moves time and lets what falls due (reads of the real database among it) come to an end. */
export async function pass(time: { advance(ms: number): void }, ms: number): Promise<void> {
  time.advance(ms)
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setTimeout(resolve, 2))
}
