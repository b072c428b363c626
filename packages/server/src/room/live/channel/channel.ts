import type { Timers } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import { Ephemeral } from './ephemeral.ts'
import { awaitDrain, type Draining } from '../drain.ts'
import { Presence, type Say } from '../presence.ts'
import { Ring, type RingMeter, rangeOf, ringLimit, type View } from './ring.ts'
import { type Frame, type Range, waitingLimit } from '../sink.ts'

export type Connection = Draining & {
  readonly places: Place[]
  /** Waits to be served in front of the next passes. */
  awake: boolean
  /** Bytes of its own that it asked for while it had not taken what came before. */
  unread: number
}

/** What the log says of a member: what it sees from then on, or (`view` null) that it is none any more. */
export type MemberNews = { seq: number; view: View | null; reason: 'left' | 'removed' }

/** One connection in one room. */
export type Place = {
  readonly connection: Connection
  readonly channel: Channel
  /** Where it stands in its channel's list. */
  index: number
  /** `false`: a listener, which hears of durable events what its view sees and nothing else. */
  attached: boolean
  /** What it falls back to when it detaches; null: to nothing. */
  listens: View | null
  view: View
  /** Everything up to this seq was written to it, or was not for it. */
  position: number
  /** The last seq that the client itself saw, and what that was when positions were last told. */
  told: number
  toldBefore: number
  /** The version of the ephemeral events that it heard. */
  heard: number
  /** Reads that were begun for it and have not ended in `begin`: until then nothing is written. */
  reading: number
  /** What the log said of the user's membership while a read was under way: a read that did not see it is told by it. */
  news: MemberNews | null
  /** Counts detachments, so that a read that ends after one is known to be stale. */
  round: number
}

export type ChannelHooks = {
  /** Something was said that is not stored. */
  onNews: (channel: Channel) => void
  /** The place is to be served again, now that its client has caught up. */
  onDrained: (connection: Connection) => void
  /** The place fell off the ring. */
  onFallen: (connection: Connection) => void
  /** A user's first connection is there, or its last is gone for good; `user` is the num. */
  onPresence: (channel: Channel, user: number, present: boolean) => void
  /** The place could not be written. */
  onFailed: (connection: Connection, error: unknown) => void
}

/** A room on this node: its ring, its places, and one pass over them at a time. */
export class Channel {
  readonly room: RoomFacts
  readonly places: Place[] = []
  readonly ephemeral: Ephemeral
  readonly presence: Presence
  /** Resolves when the ring stands where the log stood; rejects when that could not be read. */
  ready: Promise<void> = Promise.resolve()
  ring: Ring
  /** Places that are attached, listeners not counted. */
  attached = 0
  closed = false
  /** Listeners' views by the event they hear, shared by all who hear it. */
  readonly views = new Map<string, View>()
  readonly #hooks: ChannelHooks
  readonly #meter: RingMeter
  /** The pass: places below the cursor are still to be served, up to what stood at the end when it began. */
  #cursor = 0
  #offered = { seq: 0, version: 0 }
  passing = false
  #behind: Place[] = []
  #someoneReads = false
  #joined: { durable: Range; ephemeral: Range; both: Range } | null = null

  constructor(room: RoomFacts, timers: Timers, hooks: ChannelHooks, meter: RingMeter) {
    this.#meter = meter
    this.room = room
    this.#hooks = hooks
    this.ring = new Ring(room.num, 0, ringLimit, meter)
    this.ephemeral = new Ephemeral(room.num)
    this.presence = new Presence(room.id, timers, {
      say: (...said) => this.say(...said),
      onPresence: (user, present) => hooks.onPresence(this, user, present),
    })
  }

  /** Begins the ring anew where the log stands. */
  startRing(end: number): void {
    this.ring.discard()
    this.ring = new Ring(this.room.num, end, ringLimit, this.#meter)
    for (const place of this.places) place.position = place.told = end
  }

  /** Cuts who holds the ring's frames up: so that they can go with the next pass. */
  cutBehind(): void {
    for (const { position, reading, connection } of this.places.slice()) {
      if (position < this.ring.end && reading === 0 && connection.draining) this.#hooks.onFallen(connection)
    }
    this.#hooks.onNews(this)
  }

  /** An event that is not stored, to all attached. */
  say(...said: Parameters<Say>): void {
    if (this.attached === 0) return
    this.ephemeral.say(...said)
    this.#hooks.onNews(this)
  }

  add(connection: Connection, view: View): Place {
    const place: Place = {
      connection,
      channel: this,
      index: this.places.length,
      attached: false,
      listens: null,
      view,
      position: this.ring.end,
      told: this.ring.end,
      toldBefore: -1,
      heard: 0,
      reading: 0,
      news: null,
      round: 0,
    }
    this.places.push(place)
    connection.places.push(place)
    return place
  }

  /** From now on the place is attached and gets everything newer than `seq`, which is what its read saw. */
  begin(place: Place, view: View, seq: number): void {
    this.endRead(place)
    if (!place.attached) this.attached += 1
    place.attached = true
    place.view = view
    place.position = place.told = Math.max(place.position, seq)
  }

  endRead(place: Place): void {
    place.reading -= 1
    if (place.reading === 0) place.news = null
  }

  /** Back to listening, from where it is. */
  listenAgain(place: Place): void {
    if (place.attached) this.attached -= 1
    place.attached = false
    place.view = place.listens ?? place.view
    place.reading = 0
    place.news = null
    place.round += 1
  }

  /** The last place takes the free one: passes go from the end to the start, so it is not missed. */
  remove(place: Place): void {
    place.round += 1
    if (place.attached) this.attached -= 1
    place.attached = false
    const last = this.places.pop()
    if (last && last !== place) {
      this.places[place.index] = last
      last.index = place.index
    }
    const { places } = place.connection
    places.splice(places.indexOf(place), 1)
    // The next pass lets go of what was kept for it.
    if (this.ring.bytes > 0) this.#hooks.onNews(this)
  }

  beginPass(): void {
    this.passing = true
    this.#cursor = this.places.length
    this.#offered = { seq: this.ring.end, version: this.ephemeral.version }
    this.#behind = []
    this.#someoneReads = false
  }

  /** Goes on with the pass for at most so many places; answers how many were served. It ends when all were. */
  continuePass(most: number): number {
    let served = 0
    this.#cursor = Math.min(this.#cursor, this.places.length)
    while (this.#cursor > 0 && served < most) {
      this.#cursor -= 1
      served += 1
      const place = this.places[this.#cursor]
      if (place && !this.serve(place)) this.#behind.push(place)
      // A place that fell off takes itself out, and others may have taken its index.
      this.#cursor = Math.min(this.#cursor, this.places.length)
    }
    if (this.#cursor === 0) this.#endPass()
    return served
  }

  #endPass(): void {
    this.passing = false
    if (this.#behind.length === 0 && !this.#someoneReads) this.ring.release(this.#offered.seq)
    else this.ring.trim(this.#offered.seq)
    this.ephemeral.settle(this.#offered.version, this.#behind.length === 0)
    for (const place of this.#behind) {
      if (place.position < this.ring.floor && place.reading === 0) this.#hooks.onFallen(place.connection)
    }
    this.#behind = []
    this.#joined = null
  }

  /** Writes what the place has not got, in one write; false when the client must take what waits first. Never throws. */
  serve(place: Place): boolean {
    try {
      return this.#serve(place)
    } catch (error) {
      this.#hooks.onFailed(place.connection, error)
      return true
    }
  }

  #serve(place: Place): boolean {
    if (place.reading > 0) {
      this.#someoneReads = true
      return true
    }
    const durable = place.position < this.ring.end
    const news = place.attached && place.heard !== this.ephemeral.version
    if (!durable && !news) return true
    const { sink } = place.connection
    if (sink.waiting() > waitingLimit) {
      awaitDrain(place.connection, this.#hooks.onDrained)
      return false
    }
    let range = durable ? this.#takeDurable(place) : null
    // It fell off the ring and was cut.
    if (place.connection.closed) return true
    if (news) range = this.#join(range, this.#takeNews(place))
    if (range) sink.write(range)
    return true
  }

  #takeDurable(place: Place): Range | null {
    if (place.position < this.ring.floor) {
      this.#hooks.onFallen(place.connection)
      return null
    }
    const range = this.ring.range(place.position, place.view)
    place.position = this.ring.end
    const last = range.frames.at(-1)
    if (!last) return null
    place.told = last.seq
    return range
  }

  #takeNews(place: Place): Range | null {
    const range = this.ephemeral.since(place.heard, place)
    place.heard = this.ephemeral.version
    return range.frames.length > 0 ? range : null
  }

  /** Durable frames first (rule P3), in one range that is shared like its parts. */
  #join(durable: Range | null, ephemeral: Range | null): Range | null {
    if (!durable || !ephemeral) return durable ?? ephemeral
    const joined = this.#joined
    if (joined?.durable === durable && joined.ephemeral === ephemeral) return joined.both
    const both = rangeOf(this.room.num, [...durable.frames, ...ephemeral.frames])
    this.#joined = { durable, ephemeral, both }
    return both
  }

  /** Tells where the room stands to those who missed nothing and have seen nothing since this was last called (rule L6). */
  tellPositions(): void {
    for (const place of this.places.slice()) {
      const quiet = place.told === place.toldBefore
      if (quiet && place.attached && place.reading === 0 && place.told < place.position) this.#tellPosition(place)
      place.toldBefore = place.told
    }
  }

  #tellPosition(place: Place): void {
    const { sink } = place.connection
    if (sink.waiting() > waitingLimit) return
    place.told = place.position
    const json = `{"room_id":${JSON.stringify(this.room.id)},"seq":${place.position}}`
    const frame: Frame = { seq: place.position, audience: 'room', event: 'room_position', json }
    try {
      sink.write(rangeOf(this.room.num, [frame]))
    } catch (error) {
      this.#hooks.onFailed(place.connection, error)
    }
  }
}
