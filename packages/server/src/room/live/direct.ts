import { AppError } from '../../core/error.ts'
import { toJson } from '../../core/json.ts'
import type { Subscription } from '../../platform/bus/bus.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import { engineLimits } from '../limits.ts'
import { roomMetrics } from '../metrics.ts'
import type { DirectEvent, RoomBus } from '../types.ts'
import { settledRange } from './channel/ring.ts'
import type { Connection } from './channel/channel.ts'
import type { Connections } from './connections.ts'
import { isBehind } from './backlog/drain.ts'
import type { Frame, Range } from './sink.ts'

/** Connections that a broadcast writes to in one turn of the event loop. */
const slice = 250
/** Bytes of broadcasts that wait for their pass on this node; what would exceed them is dropped (rule DT4). */
const waitingBroadcasts = 1024 * 1024

export type DirectDeps = {
  bus: Pick<RoomBus, 'room' | 'user' | 'all'>
  connections: Connections
  /** How many connections of this node receive the room's events. */
  receivers: (room: number) => number
  metrics: Pick<Metrics, 'count'>
  /** So many bytes for this connection alone were queued. */
  queued: (connection: Connection, bytes: number) => void
  onFailed: (connection: Connection, error: unknown) => void
}

/** Events to a room, to a user, to one connection or to everyone, which are never stored. Each call answers what it costs (rule DT3). */
export type Direct = {
  tellRoom(room: number, event: string, payload: object): number
  tellUser(user_id: string, event: string, payload: object): number
  /** 0: nobody got it. */
  tellPeer(connection_id: string, event: string, payload: object): number
  broadcast(event: string, payload: object): number
  /** The connection was opened, or closed: its user's events are subscribed while the user has one here (rule DT5). */
  opened(connection: Connection): void
  closed(connection: Connection): void
  stop(): void
}

export function createDirect({ bus, connections, receivers, metrics, queued, onFailed }: DirectDeps): Direct {
  const users = new Map<string, Subscription>()
  let waiting: Frame<string>[] = []
  let waitingBytes = 0
  let pass: { range: Range; to: readonly Connection[]; next: number } | null = null

  /** Whether it was queued: a client that does not keep up does not get it (rule DT2). */
  function send(connection: Connection, { event, json }: DirectEvent, bytes: number): boolean {
    if (connection.closed || isBehind(connection.sink)) return false
    connection.sink.emit(event, json)
    queued(connection, bytes)
    return true
  }

  function toUser(direct: DirectEvent, user_id: string): void {
    const bytes = Buffer.byteLength(direct.json)
    for (const connection of connections.ofUser(user_id)) {
      if (!connection.owner.isLimited) send(connection, direct, bytes)
    }
  }

  function toAll({ event, json }: DirectEvent): void {
    const bytes = Buffer.byteLength(json)
    if (waitingBytes + bytes > waitingBroadcasts) {
      metrics.count(roomMetrics.parlor_broadcasts_dropped_total)
      return
    }
    waiting.push({ seq: 0, audience: 'room', event, json })
    waitingBytes += bytes
    if (waiting.length === 1 && !pass) setImmediate(turn)
  }

  function turn(): void {
    if (!pass) {
      pass = { range: settledRange(0, waiting), to: connections.all(), next: 0 }
      waiting = []
      waitingBytes = 0
    }
    const { range, to, next } = pass
    pass.next += slice
    for (const connection of to.slice(next, pass.next)) write(connection, range)
    if (pass.next >= to.length) pass = null
    if (pass || waiting.length > 0) setImmediate(turn)
  }

  function write(connection: Connection, range: Range): void {
    if (connection.closed || isBehind(connection.sink)) return
    try {
      connection.sink.write(range)
    } catch (error) {
      onFailed(connection, error)
    }
  }

  const all = bus.all.subscribe(null, toAll)

  return {
    tellRoom(room, event, payload) {
      const { direct, bytes } = encoded(event, payload)
      bus.room.publish(room, direct)
      return bytes * Math.max(1, receivers(room))
    },
    tellUser(user_id, event, payload) {
      const { direct, bytes } = encoded(event, payload)
      bus.user.publish(user_id, direct)
      return bytes * Math.max(1, connections.ofUser(user_id).length)
    },
    tellPeer(connection_id, event, payload) {
      const connection = connections.get(connection_id)
      if (!connection) return 0
      const { direct, bytes } = encoded(event, payload)
      return send(connection, direct, bytes) ? bytes : 0
    },
    broadcast(event, payload) {
      const { direct, bytes } = encoded(event, payload)
      bus.all.publish(null, direct)
      return bytes * Math.max(1, connections.size)
    },
    opened({ user_id }) {
      if (user_id === null || users.has(user_id)) return
      users.set(user_id, bus.user.subscribe(user_id, toUser))
    },
    closed({ user_id }) {
      if (user_id === null || connections.ofUser(user_id).length > 0) return
      users.get(user_id)?.close()
      users.delete(user_id)
    },
    stop() {
      all.close()
      for (const subscription of users.values()) subscription.close()
      users.clear()
      waiting = []
    },
  }
}

function encoded(event: string, payload: object): { direct: DirectEvent; bytes: number } {
  const json = toJson(payload)
  const bytes = Buffer.byteLength(json)
  if (bytes > engineLimits.eventBytes) throw new AppError('too_large', { details: { limit: engineLimits.eventBytes } })
  return { direct: { event, json }, bytes }
}
