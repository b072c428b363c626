import assert from 'node:assert/strict'
import type { Audience } from '../../core/contract.ts'
import { audienceOf } from '../audience.ts'
import type { Live } from '../live/live.ts'
import type { Attachment } from '../live/attach.ts'
import { kept } from './live.ts'
import type { TestClient } from './live-client.ts'

/** What a member may see from the seq behind `from` on; null: nothing, they are no member. */
export type Sight = { from: number; sees: { isModerator: boolean; reads: readonly string[] } | null }
/** All that was committed: who each seq is for, and what each user's sight was when. */
export type Model = {
  audiences: Map<number, Audience>
  sights: Map<number, Sight[]>
  end: number
  /** The commit under way, of one entry: nodes may know of it before whoever commits does. */
  underWay: 0 | 1
}

const sightAt = (model: Model, user: number, seq: number): Sight['sees'] =>
  model.sights.get(user)?.findLast(({ from }) => from < seq)?.sees ?? null
export const sightNow = (model: Model, user: number) => model.sights.get(user)?.at(-1)?.sees ?? null

function isFor(audience: Audience, user: number, sight: Sight['sees']): boolean {
  if (sight === null) return false
  if (audience === 'moderators') return sight.isModerator
  return audience === 'room' || audience === `user:u${user}` || sight.reads.some((each) => audience === `lang:${each}`)
}

/** What one connection knows of the room, as a client does. */
type Known = { seq: number; epoch: string; records: Map<string, object>; log: Map<number, string> }
export type Client = {
  user: number
  live: Live
  test: TestClient
  known: Known
  /** Frames of `test.heard` that were applied. */
  applied: number
  /** It has everything of its sight behind this seq. */
  base: number
  got: Set<number>
  /** The end of the log when it had joined: changes of its view behind it found it up to date. */
  joinedAt: number
}

function takeRecord(known: Known, data: Record<string, unknown>): void {
  const { set, unset, whole, deleted } = data
  const key = String(data['key'])
  const before = known.records.get(key)
  if (deleted) known.records.delete(key)
  else {
    assert.ok(whole || before || Object.keys(set ?? {}).length > 0)
    const value: Record<string, unknown> = { ...(whole ? {} : before), ...(typeof set === 'object' ? set : {}) }
    for (const name of Array.isArray(unset) ? unset : []) delete value[name]
    known.records.set(key, value)
  }
}

export function takeFrames(model: Model, client: Client): void {
  const { test: heard, known, user } = client
  for (const frame of heard.heard.slice(client.applied)) {
    client.applied += 1
    if (frame.seq === 0) continue
    if (frame.event === 'room_position') continue
    assert.ok(frame.seq > known.seq, `${frame.seq} of ${frame.event} after ${known.seq}`)
    const audience = model.audiences.get(frame.seq) ?? 'room'
    const sight = sightAt(model, user, frame.seq)
    // Who leaves hears of it.
    const isOwnEnd = frame.event === 'member_left'
    assert.ok(
      isOwnEnd || isFor(audience, user, sight),
      `u${user} got ${frame.seq} for ${audience}, not ${JSON.stringify(model.sights.get(user))}`,
    )
    known.seq = frame.seq
    client.got.add(frame.seq)
    const data = JSON.parse(frame.json)
    if (frame.event === 'record_changed') takeRecord(known, data)
    if (frame.event === 'addressed') known.log.set(frame.seq, data.content)
  }
}

/** The seqs for everyone whose sight is that of the user, behind `from` and up to the first change of it, or `to`. */
export function expected(model: Model, user: number, from: number, to: number): number[] {
  const change = model.sights.get(user)?.find((sight) => sight.from > from)?.from ?? to
  const seqs = Array.from({ length: Math.max(0, Math.min(change, to) - from) }, (_, index) => from + 1 + index)
  return seqs.filter((seq) => isFor(model.audiences.get(seq) ?? 'room', user, sightAt(model, user, seq)))
}

export function takeJoined(
  model: Model,
  client: Client,
  { catchup, events, records }: Attachment,
  renewedFrom: number | null,
): void {
  const { known, user } = client
  const { seq, recovered } = catchup
  takeFrames(model, client)
  const changed = model.sights.get(user)?.find(({ from }) => from > client.base)?.from ?? 0
  // A change that came during this read, which began beside an earlier one, is part of what was read.
  if (renewedFrom !== null && changed > client.joinedAt && changed <= renewedFrom) {
    const missed = expected(model, user, client.base, seq).filter((each) => !client.got.has(each))
    assert.deepEqual(missed, [], `u${user} got all up to the change of its view`)
  }
  const cursor = known.seq
  if (!recovered) {
    known.records.clear()
    known.log.clear()
  }
  for (const event of events) {
    const at = recovered ? event.seq : seq + 1
    assert.ok(isFor(model.audiences.get(event.seq) ?? 'room', user, sightAt(model, user, at)), 'not theirs')
    if (event.event === 'addressed') known.log.set(event.seq, JSON.parse(event.data).content)
  }
  for (const { key, value } of records) {
    assert.ok(isFor(audienceOf(kept.audience, { key }), user, sightAt(model, user, seq + 1)))
    if (value === null) known.records.delete(key)
    else known.records.set(key, JSON.parse(typeof value === 'string' ? value : ''))
  }
  if (recovered) {
    assert.deepEqual(
      model.sights.get(user)?.filter(({ from }) => from >= cursor && from <= seq && cursor > 0),
      [],
    )
  }
  known.seq = client.base = seq
  known.epoch = catchup.room.epoch
  client.joinedAt = model.end + model.underWay
  client.got.clear()
}
