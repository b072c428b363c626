import type { Timers } from '../../core/clock.ts'
import type { Audience, RoomFacts } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import type { ReadPermit } from '../../core/fairness/read-queue.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Channel, Connection, Subscription } from './channel/channel.ts'
import { viewAfter } from './channel/member-news.ts'
import type { ChannelRegistry } from './channel/registry.ts'
import { crowded } from './channel/crowd.ts'
import { memberView, sees, type View } from '../audience.ts'
import type { Renewals } from './renewals.ts'
import type { Encoder } from '../encode.ts'
import type { Cursor } from '../log/recovery.ts'
import { type ShownRecord, wireOf } from '../encode/records.ts'
import type { Follow } from './follow.ts'
import type { Frame } from './sink.ts'
import type { Catchup, HistoryItem, MemberRow, RoomEngine } from '../types.ts'
import { roomErrors } from '../errors.ts'
import { roomMetrics } from '../metrics.ts'

export type WireEvent = { seq: number; event: string; data: string }

/** A connection's subscription to a room, not receiving yet. */
export type Attachment = {
  catchup: Omit<Catchup, 'records'>
  /** `catchup.events` as they are delivered live. */
  events: readonly WireEvent[]
  records: readonly ShownRecord[]
  /**
   * Who is present, as JSON text, with the slots that the member sees. Call it in the same event loop turn as `begin`: changes
   * before `begin` are not sent.
   */
  readonly presence: string
  peer_id: string
  /**
   * From now on everything newer than `catchup.seq` is delivered, behind what was sent to the connection before. To
   * be called within 10 s, after which the subscription is dropped. False: the connection was detached from the room meanwhile.
   */
  begin(): boolean
  /** Instead of `begin`: this read attaches nothing. */
  drop(): void
}

/** Ms after which an attachment that never began is dropped, so that it does not block a later one. */
const beginWithin = 10_000
/** Reads that attaching to a busy room may take before the client is told to try again. */
const readTries = 5

export type AttachDeps = {
  engine: Pick<RoomEngine, 'catchUp'>
  encoder: Encoder
  timers: Timers
  metrics: Metrics
  channels: Pick<ChannelRegistry, 'open' | 'dropIfEmpty'>
  limits: { attachedPerRoom: number; roomsPerConnection: number }
  /** The view of a member (null: of someone who is none) through this connection; null: the member is kept out. */
  viewOf: (member: MemberRow | null, connection: Connection) => View | null
  follow: Pick<Follow, 'end'>
  renewals: Pick<Renewals, 'ask' | 'done' | 'failed' | 'isRead'>
  /** Asks for the frames that wait for this connection to be written. */
  schedule: (connection: Connection) => void
  /** The connection is attached, and was not before. */
  onAttached: (channel: Channel, connection: Connection) => void
}

/** The result of a read, filtered for the member who attaches. */
type Seen = Pick<Attachment, 'catchup' | 'events' | 'records'> & { view: View }

export type Attach = (
  permit: ReadPermit,
  connection: Connection,
  room: RoomFacts,
  cursor: Cursor,
) => Promise<Attachment>

/** How a connection subscribes to a room: attach, then read, then begin behind what the read saw (rule L2). */
export function createAttach(deps: AttachDeps): Attach {
  const { engine, encoder, timers, metrics, channels, limits, viewOf, follow, renewals, schedule } = deps

  /** A subscription that receives nothing until its read has ended; a new one counts against the limits. */
  function reserve(connection: Connection, room: RoomFacts): Subscription {
    const channel = channels.open(room)
    const known = channel.ofConnection(connection.id)
    if (!known?.attached) {
      const rooms = connection.subscriptions.filter(({ attached, reading }) => attached || reading > 0).length
      const refused =
        rooms >= limits.roomsPerConnection
          ? roomErrors.too_many_rooms
          : channel.attached >= limits.attachedPerRoom
            ? roomErrors.room_full
            : null
      if (refused) {
        channels.dropIfEmpty(channel)
        throw new AppError(refused)
      }
    }
    const subscription = known ?? channel.add(connection, memberView)
    subscription.reading += 1
    return subscription
  }

  async function read(permit: ReadPermit, subscription: Subscription, cursor: Cursor): Promise<Seen> {
    const { channel, connection } = subscription
    await channel.ready
    for (let tries = 0; tries < readTries; tries += 1) {
      const num = connection.owner.user?.num ?? 0
      const { records: stored, ...catchup } = await engine.catchUp(permit, channel.room.num, num, cursor)
      if (catchup.room.closed_at !== null) throw new AppError(roomErrors.room_closed)
      const view = viewOf(catchup.member, connection)
      if (view === null) throw new AppError(roomErrors.sent_out)
      const as = catchup.recovered ? 'changes' : 'snapshot'
      const frames = await encoder.items(channel.room, catchup.events, as)
      const shown = await encoder.records(channel.room, stored, as)
      // Frames that left the ring since the read would be missing: read again.
      if (catchup.seq < channel.ring.floor) continue
      const { user_id } = connection
      const told = channel.presence.isCrowd ? asInCrowd(frames, catchup.events, connection) : frames
      const seen = told.filter((frame) => sees(view, user_id, frame))
      const events = seen.map(({ seq, event, json }) => ({ seq, event, data: json }))
      const records = shown.filter(({ type, audience }) => sees(view, user_id, { audience, event: wireOf(type) }))
      return { catchup, events, records, view }
    }
    throw new AppError('timeout')
  }

  /** As it would have been live in a crowd: membership events only about the member themselves (rule P5). */
  function asInCrowd(frames: readonly Frame<string>[], logged: readonly HistoryItem[], { owner }: Connection) {
    const events = new Map(logged.map(({ position, event }) => [position, event]))
    return frames.map((frame) => {
      const event = events.get(frame.seq) ?? null
      return crowded(frame, event, event?.actor === owner.user?.num ? owner.user?.id : undefined)
    })
  }

  function begin(subscription: Subscription, round: number, { catchup, view }: Seen): boolean {
    const { channel, connection } = subscription
    if (subscription.round !== round || connection.closed) return false
    const { news } = subscription
    const { view: now, isOther } = viewAfter(news, catchup.seq, view)
    if (!now) {
      follow.end(subscription, news ?? [])
      return false
    }
    channel.presence.setMemberCount(catchup.room.member_count, catchup.seq)
    const isNew = channel.begin(subscription, view, catchup.seq)
    renewals.done(subscription)
    const { user, profile, present } = connection.owner
    if (user && profile && present) channel.presence.join(user, profile, connection.id, subscription)
    subscription.heard = channel.ephemeral.version
    schedule(connection)
    if (isNew) deps.onAttached(channel, connection)
    if (isOther) askAgain(subscription, news)
    return true
  }

  /** What it has is of the view before this news: nothing follows until it was read again (rule V4), so the view stays. */
  function askAgain(subscription: Subscription, news: Subscription['news']): void {
    renewals.ask(subscription)
    subscription.news = news
  }

  function giveUp(subscription: Subscription, round: number): void {
    if (subscription.round !== round || subscription.connection.closed) return
    const { news } = subscription
    subscription.channel.endRead(subscription)
    if (subscription.attached && !renewals.isRead(subscription) && news) {
      const { view, isOther } = viewAfter(news, subscription.position, subscription.view)
      if (!view) return follow.end(subscription, news)
      if (isOther) askAgain(subscription, news)
    }
    if (subscription.attached || subscription.listens || subscription.reading > 0) schedule(subscription.connection)
    else subscription.channel.remove(subscription)
    channels.dropIfEmpty(subscription.channel)
  }

  return async (permit, connection, room, cursor) => {
    const subscription = reserve(connection, room)
    const { round } = subscription
    try {
      const found = await read(permit, subscription, cursor)
      if (cursor.after_seq !== null) {
        metrics.count(roomMetrics.parlor_recoveries_total, {
          result: found.catchup.recovered ? 'recovered' : 'snapshot',
        })
      }
      const { profile, present } = connection.owner
      const joining = profile && present ? { profile, peer_id: connection.id } : undefined
      let isOpen = true
      const cancel = timers.after(beginWithin, () => {
        isOpen = false
        giveUp(subscription, round)
      })
      return {
        catchup: found.catchup,
        events: found.events,
        records: found.records,
        get presence() {
          const user_id = connection.user_id
          const mayRead = (audience: Audience) => sees(found.view, user_id, { audience, event: 'presence_changed' })
          return subscription.channel.presence.list({ joining, sees: mayRead })
        },
        peer_id: connection.id,
        begin() {
          if (!isOpen) return false
          isOpen = false
          cancel()
          return begin(subscription, round, found)
        },
        drop() {
          if (!isOpen) return
          isOpen = false
          cancel()
          giveUp(subscription, round)
        },
      }
    } catch (error) {
      giveUp(subscription, round)
      // Of what ends it the log tells too (rule L7).
      if (!isEnd(error)) renewals.failed(subscription)
      throw error
    }
  }
}

const isEnd = (error: unknown): boolean => {
  const known = AppError.from(error)
  return known.is(roomErrors.sent_out) || known.is(roomErrors.room_closed)
}
