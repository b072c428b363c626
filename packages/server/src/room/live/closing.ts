import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Channel, Connection, Subscription } from './channel/channel.ts'
import type { Connections } from './connections.ts'
import { tellDrained } from './backlog/drain.ts'
import type { CutReason } from './sink.ts'
import { roomMetrics } from '../metrics.ts'

export type ClosingDeps = {
  connections: Connections
  dropIfEmpty: (channel: Channel) => void
  /** The connection was removed from `connections`. */
  onClosed: (connection: Connection) => void
  metrics: Pick<Metrics, 'count'>
  onFailure: (error: unknown) => void
}

export type Closing = {
  /** The connection is gone: it is detached from all its rooms, where its user stays present for the grace. */
  close(connection: Connection): void
  /** The server ends the connection and tells the client why. */
  cut(connection: Connection, reason: CutReason): void
  /** Ends a connection that cannot be written to, without effect on others in its rooms or on the process. */
  cutFailed(connection: Connection, error: unknown): void
  /** Ends the subscription, or makes it a listener again. */
  detach(subscription: Subscription, reason: 'left' | 'removed'): void
}

/** How connections end, and their subscriptions. */
export function createClosing({ connections, dropIfEmpty, onClosed, metrics, onFailure }: ClosingDeps): Closing {
  function leavePresence(
    { attached, connection, channel }: Subscription,
    reason: 'left' | 'disconnected' | 'removed',
  ): void {
    const { user, present } = connection.owner
    if (attached && present && user) channel.presence.leave(user.id, connection.id, reason)
  }

  function close(connection: Connection): void {
    if (connection.closed) return
    connections.remove(connection)
    connection.closed = true
    onClosed(connection)
    tellDrained(connection)
    for (const subscription of connection.subscriptions.slice()) {
      leavePresence(subscription, 'disconnected')
      subscription.channel.remove(subscription)
      dropIfEmpty(subscription.channel)
    }
  }

  function cut(connection: Connection, reason: CutReason): void {
    metrics.count(roomMetrics.parlor_cut_total, { reason })
    close(connection)
    try {
      connection.sink.cut(reason)
    } catch (error) {
      // The last event for it could not be written.
      onFailure(error)
      connection.sink.cut('failed')
    }
  }

  return {
    close,
    cut,
    cutFailed(connection, error) {
      onFailure(error)
      if (!connection.closed) cut(connection, 'failed')
    },
    detach(subscription, reason) {
      const { channel } = subscription
      leavePresence(subscription, reason)
      if (subscription.listens) channel.listenAgain(subscription)
      else channel.remove(subscription)
      dropIfEmpty(channel)
    },
  }
}
