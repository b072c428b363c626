import type { Clock, Timers } from '../../core/clock.ts'
import type { RoomFacts, SlotType, StoredEvent } from '../../core/contract.ts'
import { AppError, errorBody } from '../../core/error.ts'
import { Multimap } from '../../core/collections/multimap.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import { createAttach } from './attach.ts'
import { createBacklog } from './backlog/backlog.ts'
import type { Channel, Connection, Subscription } from './channel/channel.ts'
import { FanOut } from './channel/fan-out.ts'
import { ChannelRegistry } from './channel/registry.ts'
import { createViews, listenerView, type View } from '../audience.ts'
import { readsOf } from '../languages.ts'
import { createClosing } from './closing.ts'
import { createDirect } from './direct.ts'
import { Connections } from './connections.ts'
import { gone, readerOf, tellDrained } from './backlog/drain.ts'
import type { Encoder } from '../encode.ts'
import { createFollow } from './follow.ts'
import { createRenewals } from './renewals.ts'
import { sendSignal } from './signals.ts'
import { type ConnectionOwner, waitingLimit } from './sink.ts'
import { type MemberRow, type RoomBus, type RoomEngine, sentOutRole } from '../types.ts'
import { roomMetrics } from '../metrics.ts'
import { limitValue } from '../limits.ts'
import type { Live, Peer, Viewer } from './types.ts'

export type { Cursor } from '../log/recovery.ts'
export type { Attachment } from './attach.ts'
export type { Holder } from './backlog/backlog.ts'
export type { ConnectionOwner, CutReason, Frame, Range, Sink } from './sink.ts'
export type { Live, Peer, Viewer } from './types.ts'

export const liveLimits = {
  attachedPerRoom: limitValue('roomAttached'),
  roomsPerConnection: limitValue('connectionRooms'),
  clientBytes: limitValue('clientBytes'),
  ringBytes: limitValue('ringBytes'),
  presenceBytes: limitValue('presenceBytes'),
  roomPresenceBytes: limitValue('roomPresenceBytes'),
  userPresenceBytes: limitValue('userPresenceBytes'),
}

const sessionEnded = JSON.stringify(errorBody(new AppError('session_ended')))
/** Bytes for it alone that a connection may ask for while it has a backlog. */
const unreadLimit = 1024 * 1024

export type LiveDeps = {
  engine: Pick<RoomEngine, 'catchUp' | 'readLog' | 'tails'>
  bus: RoomBus
  encoder: Encoder
  clock: Clock
  timers: Timers
  metrics: Metrics
  /** The presence slots of all features. */
  slots: readonly SlotType[]
  /** Whether a member with this role belongs to the audience `moderators`. */
  isModerator: (role: string) => boolean
  /** A read or a profile failed in the background; it is retried. */
  onFailure: (error: unknown) => void
  /**
   * On this node a user's first connection in a room attached, or the last one is gone: when `user_left` is sent,
   * or with the last connection of all in the room, because then nobody is left to get it. `user` is the num.
   */
  onPresence?: (room: RoomFacts, user: number, present: boolean) => void
  /** A connection was attached to a room, or detached (rule P6). */
  onAttached?: (room: RoomFacts, peer: Peer) => void
  onDetached?: (room: RoomFacts, peer: Peer) => void
  /** A connection was closed. */
  onClosed?: (connection_id: string) => void
  /** What a connection may see of a room has changed: it gets nothing more until it is attached again (rule V4). */
  onViewChanged?: (room: RoomFacts, connection: Viewer) => void
  /** Called on every node with connections in the room for its events, before they are written to anyone. */
  onEvent?: (room: RoomFacts, event: StoredEvent) => void
  limits?: Partial<typeof liveLimits>
}

export function createLive(deps: LiveDeps): Live {
  const { metrics } = deps
  const limits = { ...liveLimits, ...deps.limits }
  const connections = new Connections()
  /** The rooms in which users are present, also during the grace without a connection (rule L10). */
  const presentIn = new Multimap<string, Channel>()
  const dropIfEmpty = (channel: Channel) => channels.dropIfEmpty(channel)
  const onClosed = (connection: Connection) => {
    direct.closed(connection)
    guarded(() => deps.onClosed?.(connection.id))
  }
  const { close, cut, cutFailed, detach } = createClosing({ ...deps, connections, dropIfEmpty, onClosed })
  const fanOut = new FanOut(cutFailed)
  const backlog = createBacklog({
    limit: limits.clientBytes,
    monotonic: deps.clock.monotonic,
    cut: ({ id }) => {
      const connection = id === null ? undefined : connections.get(id)
      if (connection) cut(connection, 'slow')
    },
  })
  metrics.gauge(roomMetrics.parlor_client_bytes, backlog.total)
  const restart = (connection: Connection) => cut(connection, 'restored')
  const channels = new ChannelRegistry({
    ...deps,
    ringBytes: limits.ringBytes,
    userId: (num) => connections.userId(num),
    slots: new Map(deps.slots.map((slot) => [slot.name, slot])),
    slotLimits: {
      userBytes: limits.userPresenceBytes,
      roomBytes: limits.roomPresenceBytes,
      bytes: limits.presenceBytes,
    },
    hooks: {
      onNews: (channel) => fanOut.schedule(channel),
      onDrained,
      onFallen: (connection) => cut(connection, 'slow'),
      onFailed: cutFailed,
      onUser: (channel, user_id, present) =>
        present ? presentIn.add(user_id, channel) : presentIn.delete(user_id, channel),
      onPresence: ({ room }, user, present) => guarded(() => deps.onPresence?.(room, user, present)),
      onDetached: (channel, connection) => tellOf(deps.onDetached, channel, connection),
      onRoomEvent: (channel, event) => follow.event(channel, event),
      onLogged: (channel, event) => guarded(() => deps.onEvent?.(channel.room, event)),
      onBroken: (channel) => channel.receiving().forEach(restart),
    },
  })

  const views = createViews()
  const renewals = createRenewals({
    timers: deps.timers,
    onViewChanged: ({ room }, { id, user_id, owner }) =>
      guarded(() => deps.onViewChanged?.(room, { id, user_id, present: owner.present })),
    restart,
  })
  const viewOf = (member: MemberRow | null, { owner }: Connection): View | null => {
    if (member === null) return views.of(false, [], !owner.present)
    if (member.role === sentOutRole) return null
    return views.of(deps.isModerator(member.role), readsOf(member.languages), !owner.present)
  }
  const follow = createFollow({
    ...{ channels, connections, views, renewals, detach, restart },
    isModerator: deps.isModerator,
  })
  const schedule = (connection: Connection) => fanOut.scheduleConnection(connection)
  const attach = createAttach({
    ...{ ...deps, channels, limits, viewOf, follow, renewals, schedule },
    onAttached: (channel, connection) => tellOf(deps.onAttached, channel, connection),
  })

  function onDrained(connection: Connection): void {
    schedule(connection)
    tellDrained(connection)
  }

  function guarded(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      deps.onFailure(error)
    }
  }

  /** Streams are no peers for signals. */
  function tellOf(tell: LiveDeps['onAttached'], { room }: Channel, { id, owner }: Connection): void {
    const { user, present } = owner
    if (tell && user && present) guarded(() => tell(room, { peer_id: id, user }))
  }

  function own(connection: Connection, owner: ConnectionOwner): void {
    connections.own(connection, owner)
    if (!owner.user || !owner.profile) return
    for (const { channel } of connection.subscriptions) channel.presence.rename(owner.user, owner.profile)
  }

  /** A client that has read its backlog is not cut for this text, however large it is. */
  function queued(connection: Connection, bytes: number): void {
    const isBehind = connection.sink.waiting() > waitingLimit
    connection.unread = isBehind ? connection.unread + bytes : 0
    if (connection.unread > unreadLimit) return cut(connection, 'slow')
    backlog.added(connection, bytes)
    if (!connection.closed) schedule(connection)
  }

  const receivers = (room: number): number => channels.get(room)?.subscriptions.length ?? 0
  const direct = createDirect({ ...deps, connections, receivers, queued, onFailed: cutFailed })

  const subscriptionOf = (id: string, room: number) => channels.get(room)?.ofConnection(id)

  function attached(id: string, room: number): Subscription | undefined {
    const subscription = subscriptionOf(id, room)
    return subscription?.attached ? subscription : undefined
  }

  return {
    open(sink, owner) {
      const connection = connections.open(sink, owner)
      direct.opened(connection)
      return connection.id
    },
    close(id) {
      const connection = connections.get(id)
      if (connection) close(connection)
    },
    own(id, owner) {
      const connection = connections.get(id)
      if (connection) own(connection, owner)
    },
    become(user, profile) {
      for (const connection of connections.ofUser(user.id)) own(connection, { ...connection.owner, user, profile })
      for (const { presence } of presentIn.get(user.id)) presence.rename(user, profile)
    },
    owner: (id) => connections.get(id)?.owner,
    queued(id, bytes) {
      const connection = connections.get(id)
      if (connection) queued(connection, bytes)
    },
    async attach(permit, id, room, cursor) {
      const connection = connections.get(id)
      if (!connection) throw new AppError('timeout')
      return attach(permit, connection, room, cursor)
    },
    reader(id) {
      const connection = connections.get(id)
      return connection ? readerOf(connection, onDrained) : gone(id)
    },
    listen(id, room, only) {
      const connection = connections.get(id)
      if (!connection) return
      const channel = channels.open(room)
      if (channel.ofConnection(id)) return
      const view = channel.views.get(only) ?? listenerView(only)
      channel.views.set(only, view)
      channel.add(connection, view).listens = view
    },
    isAttached: (id, room) => attached(id, room) !== undefined,
    isOutdated(id, room) {
      const subscription = attached(id, room)
      return subscription !== undefined && renewals.isAsked(subscription)
    },
    detach(id, room, reason) {
      const subscription = subscriptionOf(id, room)
      if (subscription) detach(subscription, reason)
    },
    setSlot(id, room, slot, text) {
      const subscription = attached(id, room)
      const user = subscription?.connection.owner.user
      if (subscription && user) subscription.channel.presence.setSlot(user.id, id, slot, text)
    },
    presence: (room) => channels.get(room)?.presence.list({ sees: () => true }) ?? '[]',
    receivers,
    streams: (room) => channels.get(room)?.subscriptions.filter(({ view }) => view.isStream).length ?? 0,
    roomsOf: (user_id) => presentIn.get(user_id).map(({ room }) => room),
    presentIn: (room) => channels.get(room)?.presence.size ?? 0,
    isPresent: (room, user_id) => channels.get(room)?.presence.has(user_id) ?? false,
    signal(from, room, to, name, data) {
      const subscription = attached(from, room)
      if (!subscription) return false
      return sendSignal(subscription.channel, subscription.connection, { to, name, data }, queued)
    },
    tellBinary(id, room, event, header, attachment) {
      const subscription = attached(id, room)
      if (!subscription) return 0
      const { channel, connection } = subscription
      const from = { peer_id: id, user_id: connection.user_id }
      const json = JSON.stringify({ room_id: channel.room.id, ...header, from })
      channel.say({ event, json, except: subscription, attachment })
      return (Buffer.byteLength(json) + attachment.bytes.length) * channel.subscriptions.length
    },
    tell: (room, event, payload) => channels.get(room)?.say({ event, json: JSON.stringify(payload) }),
    emit(id, event, json) {
      const connection = connections.get(id)
      if (!connection) return
      connection.sink.emit(event, json)
      queued(connection, Buffer.byteLength(json))
    },
    ...{ tellRoom: direct.tellRoom, tellUser: direct.tellUser },
    ...{ tellPeer: direct.tellPeer, broadcast: direct.broadcast },
    isTight: backlog.isTight,
    holds: backlog.added,
    restartReaders(room) {
      const receiving = channels.get(room)?.receiving() ?? []
      for (const connection of receiving) if (!connection.owner.present && !connection.closed) restart(connection)
    },
    moveSession(from, to) {
      for (const connection of connections.ofSession(from)) {
        connections.own(connection, { ...connection.owner, session_id: to })
      }
    },
    cutSessions(session_ids) {
      for (const connection of session_ids.flatMap((id) => connections.ofSession(id))) {
        if (connection.closed) continue
        connection.sink.emit('error', sessionEnded)
        cut(connection, 'session_ended')
      }
    },
    async stop() {
      for (const connection of connections.all()) cut(connection, 'shutdown')
      channels.stop()
      direct.stop()
    },
  }
}
