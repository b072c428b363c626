import type { Clock } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import type { View } from '../../audience.ts'
import { Ephemeral, type KeptMeter, type Said } from './ephemeral.ts'
import { awaitDrain, type Draining } from '../backlog/drain.ts'
import { Presence } from '../presence/presence.ts'
import type { SlotDeps } from '../presence/slots.ts'
import type { MemberNews } from './member-news.ts'
import { JoinedRanges } from './joined-ranges.ts'
import { Ring, type RingMeter, ringLimit } from './ring.ts'
import { SubscriptionList } from './subscription-list.ts'
import { type Range, waitingLimit } from '../sink.ts'

export type Connection = Draining & {
  /** The connection's user, who never changes; null: a stream without a token. */
  readonly user_id: string | null
  subscriptions: Subscription[]
  /** Whether it is queued to be served before the next passes. */
  scheduled: boolean
  /** Bytes for it alone that it asked for while it had a backlog. */
  unread: number
}

/** One connection in one room. */
export type Subscription = {
  readonly connection: Connection
  readonly channel: Channel
  /** Its index in the channel's list. */
  index: number
  /** `false`: a listener, which gets the durable events of its view and nothing else. */
  attached: boolean
  /** The listener's view to which it returns when it detaches; null: none. */
  listens: View | null
  view: View
  /** Everything up to this seq was written to it or is outside its view. */
  position: number
  /** The last seq that the client itself got, and its value when positions were last sent. */
  told: number
  toldBefore: number
  /** The version of the ephemeral events that it got. */
  heard: number
  /** Reads for it that have not ended in `begin` yet: until then nothing is written. */
  reading: number
  /** What the log said of the user's membership during a read; it corrects a read that did not see it. */
  news: readonly MemberNews[] | null
  /** Counts detachments, so that a read that ends after one is recognized as stale. */
  round: number
}

export type ChannelHooks = {
  /** An ephemeral event was sent. */
  onNews: (channel: Channel) => void
  /** The subscription is to be served again, now that its client has caught up. */
  onDrained: (connection: Connection) => void
  /** The subscription fell off the ring. */
  onFallen: (connection: Connection) => void
  /** A user's first connection attached, or the last is gone and its grace is over; `user` is the num. */
  onPresence: (channel: Channel, user: number, present: boolean) => void
  /** The connection is not attached any more. */
  onDetached: (channel: Channel, connection: Connection) => void
  /** Like `onPresence`, by id, also for guests who are not stored. */
  onUser: (channel: Channel, user_id: string, present: boolean) => void
  /** Writing to the subscription failed. */
  onFailed: (connection: Connection, error: unknown) => void
}

/** What the channels of a node share: the bytes of their rings, of what they keep of ephemeral events, and of presence. */
export type ChannelMeters = { ring: RingMeter; kept: KeptMeter; slots: SlotDeps }

/** A room on this node: its ring, its subscriptions, and one pass over them at a time. */
export class Channel {
  readonly room: RoomFacts
  readonly #list = new SubscriptionList<Subscription>()
  readonly subscriptions: readonly Subscription[] = this.#list.all
  readonly ephemeral: Ephemeral
  readonly presence: Presence
  /** Resolves when the ring has its starting seq from the log; rejects when the log could not be read. */
  ready: Promise<void> = Promise.resolve()
  ring: Ring
  /** The number of attached subscriptions, without listeners. */
  attached = 0
  closed = false
  /** Listeners' views by event, shared by all listeners of that event. */
  readonly views = new Map<string, View>()
  readonly #hooks: ChannelHooks
  readonly #meter: RingMeter
  readonly #now: () => number
  /** The pass: it still has to serve the subscriptions below this index, up to the end of the ring when it began. */
  #cursor = 0
  #offered = { seq: 0, version: 0 }
  passing = false
  #behind: Subscription[] = []
  #someoneReads = false
  readonly #joined: JoinedRanges

  constructor(room: RoomFacts, { now }: Pick<Clock, 'now'>, hooks: ChannelHooks, meters: ChannelMeters) {
    this.#now = now
    this.#meter = meters.ring
    this.room = room
    this.#hooks = hooks
    this.ring = new Ring(room.num, 0, ringLimit, meters.ring, now)
    this.ephemeral = new Ephemeral(room.num, meters.kept)
    this.#joined = new JoinedRanges(room.num, now)
    this.presence = new Presence(room.id, meters.slots, {
      say: (said) => this.say(said),
      onPresence: (user, present) => hooks.onPresence(this, user, present),
      onUser: (user_id, present) => hooks.onUser(this, user_id, present),
    })
  }

  /** Restarts the ring at the current end of the log. */
  startRing(end: number): void {
    this.ring.discard()
    this.ring = new Ring(this.room.num, end, ringLimit, this.#meter, this.#now)
    for (const subscription of this.subscriptions) subscription.position = subscription.told = end
  }

  /** Cuts the members that hold up the ring's frames, so that the next pass can drop these. */
  cutBehind(): void {
    for (const { position, reading, connection } of this.subscriptions.slice()) {
      if (position < this.ring.end && reading === 0 && connection.draining) this.#hooks.onFallen(connection)
    }
    this.#hooks.onNews(this)
  }

  /** Sends an ephemeral event to all attached members. */
  say(said: Said): void {
    if (this.attached === 0) return
    this.ephemeral.say(said)
    this.#hooks.onNews(this)
  }

  /** Ends presence and drops what is kept; nobody is left, or the server stops. */
  close(): void {
    this.closed = true
    this.presence.close()
    this.ephemeral.close()
  }

  add(connection: Connection, view: View): Subscription {
    const subscription: Subscription = {
      connection,
      channel: this,
      index: this.subscriptions.length,
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
    this.#list.add(subscription)
    // Not pushed: an array that grows gets room for 17, and most connections have one.
    connection.subscriptions = connection.subscriptions.concat(subscription)
    return subscription
  }

  /** Connections that are attached, or reading in order to attach. */
  receiving(): Connection[] {
    const some = this.subscriptions.filter(({ attached, reading }) => attached || reading > 0)
    return some.map(({ connection }) => connection)
  }

  ofConnection(connection_id: string): Subscription | undefined {
    return this.#list.ofConnection(connection_id)
  }

  ofUser(user_id: string): readonly Subscription[] {
    return this.#list.ofUser(user_id)
  }

  /**
   * From now on the subscription is attached and gets everything newer than `seq`, the end of its read. Answers
   * whether it was not attached before.
   */
  begin(subscription: Subscription, view: View, seq: number): boolean {
    this.endRead(subscription)
    const isNew = !subscription.attached
    if (isNew) this.attached += 1
    subscription.attached = true
    subscription.view = view
    subscription.position = subscription.told = Math.max(subscription.position, seq)
    return isNew
  }

  endRead(subscription: Subscription): void {
    subscription.reading -= 1
    if (subscription.reading === 0) subscription.news = null
  }

  /** Makes it a listener again, from its current position. */
  listenAgain(subscription: Subscription): void {
    const wasAttached = this.#unattach(subscription)
    subscription.view = subscription.listens ?? subscription.view
    subscription.reading = 0
    subscription.news = null
    subscription.round += 1
    if (wasAttached) this.#hooks.onDetached(this, subscription.connection)
  }

  #unattach(subscription: Subscription): boolean {
    const wasAttached = subscription.attached
    if (wasAttached) this.attached -= 1
    subscription.attached = false
    return wasAttached
  }

  remove(subscription: Subscription): void {
    subscription.round += 1
    const wasAttached = this.#unattach(subscription)
    this.#list.remove(subscription)
    const { subscriptions } = subscription.connection
    subscriptions.splice(subscriptions.indexOf(subscription), 1)
    // The next pass drops the frames that were kept for it.
    if (this.ring.bytes > 0) this.#hooks.onNews(this)
    if (wasAttached) this.#hooks.onDetached(this, subscription.connection)
  }

  beginPass(): void {
    this.passing = true
    this.#cursor = this.subscriptions.length
    this.#offered = { seq: this.ring.end, version: this.ephemeral.version }
    this.#behind = []
    this.#someoneReads = false
  }

  /** Continues the pass for at most so many subscriptions; answers how many were served. The pass ends when all were. */
  continuePass(most: number): number {
    let served = 0
    this.#cursor = Math.min(this.#cursor, this.subscriptions.length)
    while (this.#cursor > 0 && served < most) {
      this.#cursor -= 1
      served += 1
      const subscription = this.subscriptions[this.#cursor]
      if (subscription && !this.serve(subscription)) this.#behind.push(subscription)
      // A subscription that was cut removes itself, and another may have taken its index.
      this.#cursor = Math.min(this.#cursor, this.subscriptions.length)
    }
    if (this.#cursor === 0) this.#endPass()
    return served
  }

  #endPass(): void {
    this.passing = false
    if (this.#behind.length === 0 && !this.#someoneReads) this.ring.release(this.#offered.seq)
    else this.ring.trim(this.#offered.seq)
    this.ephemeral.settle(this.#offered.version, this.#behind.length === 0)
    for (const subscription of this.#behind) {
      if (subscription.position < this.ring.floor && subscription.reading === 0)
        this.#hooks.onFallen(subscription.connection)
    }
    this.#behind = []
    this.#joined.forget()
  }

  /** Writes everything that the subscription has not got, in one write; false if the client must read its backlog first. Never throws. */
  serve(subscription: Subscription): boolean {
    try {
      return this.#serve(subscription)
    } catch (error) {
      this.#hooks.onFailed(subscription.connection, error)
      return true
    }
  }

  /** The last that it gets: the durable events up to the seq `through` that it has not got. Like `serve`. */
  serveTo(through: number, subscription: Subscription): boolean {
    const { position, view, connection } = subscription
    try {
      if (position >= through || position < this.ring.floor) return true
      if (connection.sink.waiting() > waitingLimit) return false
      const range = this.ring.rangeTo(through, position, view, connection.user_id)
      subscription.position = through
      if (range.frames.length > 0) connection.sink.write(range)
    } catch (error) {
      this.#hooks.onFailed(connection, error)
    }
    return true
  }

  #serve(subscription: Subscription): boolean {
    if (subscription.reading > 0) {
      this.#someoneReads = true
      return true
    }
    const durable = subscription.position < this.ring.end
    const news = subscription.attached && subscription.heard !== this.ephemeral.version
    if (!durable && !news) return true
    const { sink } = subscription.connection
    if (sink.waiting() > waitingLimit) {
      awaitDrain(subscription.connection, this.#hooks.onDrained)
      return false
    }
    let range = durable ? this.#takeDurable(subscription) : null
    // It fell off the ring and was cut.
    if (subscription.connection.closed) return true
    if (news) range = this.#joined.join(range, this.#takeNews(subscription))
    if (range) sink.write(range)
    return true
  }

  #takeDurable(subscription: Subscription): Range | null {
    if (subscription.position < this.ring.floor) {
      this.#hooks.onFallen(subscription.connection)
      return null
    }
    const { position, view, connection } = subscription
    const range = this.ring.range(position, view, connection.user_id)
    subscription.position = this.ring.end
    const last = range.frames.at(-1)
    if (!last) return null
    subscription.told = last.seq
    return range
  }

  #takeNews(subscription: Subscription): Range | null {
    const range = this.ephemeral.since(
      subscription.heard,
      subscription,
      subscription.view,
      subscription.connection.user_id,
    )
    subscription.heard = this.ephemeral.version
    return range
  }
}
