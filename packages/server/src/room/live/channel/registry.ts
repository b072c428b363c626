import type { Clock, Timers } from '../../../core/clock.ts'
import type { RoomFacts, SlotType, StoredEvent } from '../../../core/contract.ts'
import { AppError } from '../../../core/error.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import { Channel, type ChannelHooks, type ChannelMeters } from './channel.ts'
import { tellPositions } from './positions.ts'
import { crowded } from './crowd.ts'
import { roomEvents } from '../../contract.ts'
import { Delivery } from '../delivery.ts'
import type { Encoder } from '../../encode.ts'
import type { SlotLimits } from '../presence/slots.ts'
import type { Frame } from '../sink.ts'
import type { LogEntry, RoomBus, RoomEngine } from '../../types.ts'
import { roomMetrics } from '../../metrics.ts'

/** Ms between checks against the database (rule L3), and between `room_position`s (L6). */
const tailCheck = { up: 800, down: 250 }
const positionsEvery = 25_000
const retryStart = 250

export type RegistryDeps = {
  engine: Pick<RoomEngine, 'tails' | 'readLog'>
  bus: RoomBus
  encoder: Encoder
  clock: Clock
  timers: Timers
  metrics: Metrics
  onFailure: (error: unknown) => void
  /** The id of a user who has connections on this node, by num. */
  userId: (num: number) => string | undefined
  /** Bytes that all rings of this node may hold. */
  ringBytes: number
  /** The presence slots by name, and bounds on the bytes of their values. */
  slots: ReadonlyMap<string, SlotType>
  slotLimits: SlotLimits
  hooks: ChannelHooks & {
    /** An event of the room itself is the newest in the ring. */
    onRoomEvent: (channel: Channel, event: StoredEvent) => void
    /** Any event; it is in the ring and was not written to anyone yet. */
    onLogged: (channel: Channel, event: StoredEvent) => void
    /** Every attached member must start over. */
    onBroken: (channel: Channel) => void
  }
}

const ownEvents: ReadonlySet<string> = new Set(roomEvents.map(({ name }) => name))

type Opened = { channel: Channel; delivery: Delivery; unsubscribe: () => void }

/** The channels of this node: each is opened for its first subscription, fed from the bus and the log, and dropped with its last. */
export class ChannelRegistry {
  readonly #deps: RegistryDeps
  readonly #opened = new Map<number, Opened>()
  #cancelCheck: (() => void) | null = null
  #cancelPositions: (() => void) | null = null
  readonly #offState: () => void
  readonly #meters: ChannelMeters

  constructor(deps: RegistryDeps) {
    this.#deps = deps
    const { timers, slots, slotLimits } = deps
    this.#meters = {
      ring: { bytes: 0 },
      kept: { bytes: 0, limit: slotLimits.bytes },
      slots: { timers, slots, limits: slotLimits, meter: { bytes: 0 } },
    }
    this.#offState = deps.bus.onState(() => this.#scheduleCheck())
    deps.metrics.gauge(roomMetrics.parlor_rooms_live, () => this.#opened.size)
    deps.metrics.gauge(roomMetrics.parlor_ring_bytes, () => this.#meters.ring.bytes)
    deps.metrics.gauge(
      roomMetrics.parlor_presence_bytes,
      () => this.#meters.slots.meter.bytes + this.#meters.kept.bytes,
    )
  }

  get(room: number): Channel | undefined {
    return this.#opened.get(room)?.channel
  }

  open(room: RoomFacts): Channel {
    const known = this.#opened.get(room.num)
    if (known) return known.channel
    const facts: RoomFacts = { num: room.num, id: room.id, kind: room.kind }
    const channel = new Channel(facts, this.#deps.clock, this.#deps.hooks, this.#meters)
    this.#start(channel)
    if (this.#cancelCheck === null) this.#scheduleCheck()
    this.#cancelPositions ??= this.#deps.timers.after(positionsEvery, () => this.#tellPositions())
    return channel
  }

  dropIfEmpty(channel: Channel): void {
    if (channel.subscriptions.length > 0 || channel.closed) return
    channel.close()
    this.#end(channel)
  }

  stop(): void {
    this.#cancelCheck?.()
    this.#cancelPositions?.()
    this.#offState()
    for (const { channel } of this.#opened.values()) {
      channel.close()
      this.#end(channel)
    }
  }

  #end(channel: Channel): void {
    const opened = this.#opened.get(channel.room.num)
    if (opened?.channel !== channel) return
    opened.delivery.close()
    opened.unsubscribe()
    this.#opened.delete(channel.room.num)
    opened.channel.ring.discard()
  }

  /** Subscribes first, then reads the end of the log, so that no event falls between (rule L2). */
  #start(channel: Channel): void {
    const { bus, clock, encoder, engine, metrics, onFailure, timers } = this.#deps
    const delivery = new Delivery(channel.room, {
      engine,
      encoder,
      timers,
      deliver: (frames, entries, through) => this.#deliver(channel, frames, entries, through),
      onBroken: () => this.#restart(channel),
      onGap: () => metrics.count(roomMetrics.parlor_bus_gap_total),
      onFailure,
    })
    const subscription = bus.room.subscribe(channel.room.num, (message) => {
      if ('event' in message) return channel.say(message)
      metrics.observe(roomMetrics.parlor_delivery_lag_seconds, Math.max(0, clock.now() - message.committed_at) / 1000)
      delivery.receive(message)
    })
    this.#opened.set(channel.room.num, { channel, delivery, unsubscribe: () => subscription.close() })
    channel.ready = this.#read(channel, delivery, subscription.confirmed)
    channel.ready.catch((error) => {
      if (this.#opened.get(channel.room.num)?.delivery !== delivery) return
      onFailure(error)
      timers.after(retryStart, () => this.#restartIfNeeded(channel, delivery))
    })
  }

  async #read(channel: Channel, delivery: Delivery, subscribed: Promise<void>): Promise<void> {
    await subscribed
    const { num } = channel.room
    const tail = (await this.#deps.engine.tails([num])).get(num)
    if (!tail) throw new AppError('not_found')
    channel.startRing(tail.last_seq)
    delivery.start(tail.last_seq, tail.epoch)
  }

  #restartIfNeeded(channel: Channel, failed: Delivery): void {
    if (this.#opened.get(channel.room.num)?.delivery !== failed) return
    this.#end(channel)
    if (!channel.closed && channel.subscriptions.length > 0) this.#start(channel)
  }

  /** The hook detaches attached members; listeners continue from the current end of the log. */
  #restart(channel: Channel): void {
    this.#deps.hooks.onBroken(channel)
    this.#end(channel)
    if (!channel.closed && channel.subscriptions.length > 0) this.#start(channel)
  }

  #deliver(channel: Channel, frames: readonly Frame[], entries: readonly LogEntry[], through: number): void {
    const { ring } = channel
    let next = 0
    const append = (to: number, event: StoredEvent | null = null) => {
      for (let frame = frames[next]; frame && frame.seq <= to; frame = frames[++next]) {
        const isOwn = event?.seq === frame.seq && channel.presence.isCrowd
        ring.append(isOwn ? crowded(frame, event, this.#deps.userId(event.actor)) : frame)
      }
      if (ring.end < to) ring.advance(to)
    }
    for (const entry of entries) {
      if (entry.kind !== 'event' || !ownEvents.has(entry.event.type)) continue
      append(entry.event.seq, entry.event)
      this.#deps.hooks.onRoomEvent(channel, entry.event)
    }
    append(through)
    if (this.#meters.ring.bytes > this.#deps.ringBytes) this.#relieve()
    for (const entry of entries) if (entry.kind === 'event') this.#deps.hooks.onLogged(channel, entry.event)
    this.#deps.hooks.onNews(channel)
  }

  /** Releases the largest rings, which are kept for slow consumers (rule L9). */
  #relieve(): void {
    let over = this.#meters.ring.bytes - this.#deps.ringBytes
    const largest = [...this.#opened.values()].toSorted(
      (one, other) => other.channel.ring.bytes - one.channel.ring.bytes,
    )
    for (const { channel } of largest) {
      if (over <= 0) return
      over -= channel.ring.bytes
      channel.cutBehind()
    }
  }

  #scheduleCheck(): void {
    const { bus, timers } = this.#deps
    this.#cancelCheck?.()
    this.#cancelCheck = timers.after(bus.isUp() ? tailCheck.up : tailCheck.down, () => void this.#check())
  }

  async #check(): Promise<void> {
    this.#cancelCheck = null
    const checked = [...this.#opened]
    if (checked.length === 0) return
    try {
      const tails = await this.#deps.engine.tails(checked.map(([num]) => num))
      for (const [num, { delivery }] of checked) {
        const tail = tails.get(num)
        if (tail) delivery.check(tail)
      }
    } catch (error) {
      this.#deps.onFailure(error)
    }
    if (this.#opened.size > 0 && this.#cancelCheck === null) this.#scheduleCheck()
  }

  #tellPositions(): void {
    this.#cancelPositions = null
    for (const { channel } of this.#opened.values()) tellPositions(channel, this.#deps.hooks.onFailed)
    if (this.#opened.size > 0) {
      this.#cancelPositions = this.#deps.timers.after(positionsEvery, () => this.#tellPositions())
    }
  }
}
