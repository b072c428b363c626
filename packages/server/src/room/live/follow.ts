import type { StoredEvent } from '../../core/contract.ts'
import { readStored } from '../../core/stored.ts'
import type { Channel, Connection, MemberNews, Subscription } from './channel/channel.ts'
import type { ChannelRegistry } from './channel/registry.ts'
import type { Connections } from './connections.ts'
import { memberChanged, memberJoined, memberLeft, memberLeftBody, memberRoleBody, roomClosed } from '../contract.ts'
import type { View } from '../audience.ts'

export type FollowDeps = {
  channels: Pick<ChannelRegistry, 'dropIfEmpty'>
  connections: Pick<Connections, 'userId'>
  /** The view of a member with this role; null: the member is kept out, and is detached like one who left. */
  viewOf: (role: string) => View | null
  detach: (subscription: Subscription, reason: 'left' | 'removed') => void
  /** The client starts over, with its cursors. */
  restart: (connection: Connection) => void
}

export type Follow = {
  /** The event is the newest in the channel's ring. */
  event(channel: Channel, event: StoredEvent): void
  /** The user of this subscription is not a member any more. */
  end(subscription: Subscription, reason: 'left' | 'removed'): void
}

/**
 * What a node does with its connections when the log says that a member left or has a new role, or that the room is
 * closed. Only the log decides, so every node does the same, also for events that it gets late (rule L7).
 */
export function createFollow({ channels, connections, viewOf, detach, restart }: FollowDeps): Follow {
  /** Writes everything in the ring to the subscription; a slow consumer starts over instead. False: the connection has ended. */
  function bringUp(subscription: Subscription): boolean {
    if (!subscription.channel.serve(subscription)) restart(subscription.connection)
    return !subscription.connection.closed
  }

  function end(subscription: Subscription, reason: 'left' | 'removed'): void {
    subscription.reading = 0
    if (subscription.attached && !bringUp(subscription)) return
    // A stream cannot drop a single room: it ends, and the client reconnects to the rooms that it may read.
    if (subscription.connection.owner.present) detach(subscription, reason)
    else restart(subscription.connection)
  }

  /** Skips subscriptions whose read was newer; those that are reading now apply the change when they begin. */
  function tell(channel: Channel, user: number, news: MemberNews): void {
    const { seq, view, reason } = news
    const user_id = connections.userId(user)
    for (const subscription of user_id === undefined ? [] : channel.ofUser(user_id)) {
      const { connection, attached, reading, position } = subscription
      if (connection.closed || position >= seq) continue
      if (reading > 0) subscription.news = news
      else if (!attached) continue
      else if (!view) end(subscription, reason)
      else if (view !== subscription.view && bringUp(subscription)) subscription.view = view
    }
    if (!view) channel.presence.remove(user, reason)
  }

  function close(channel: Channel): void {
    for (const subscription of channel.subscriptions.slice()) {
      if (subscription.connection.closed) continue
      if (!subscription.attached || bringUp(subscription)) channel.remove(subscription)
    }
    channels.dropIfEmpty(channel)
  }

  return {
    end,
    event(channel, { type, v, actor, seq, body }) {
      if (type === roomClosed.name) return close(channel)
      if (type === memberLeft.name) {
        // Fail closed: after an event that cannot be read the member may be gone, so the connection is detached.
        const left = readStored({ v: memberLeft.v, schema: memberLeftBody }, v, body)
        const reason = left.ok ? left.value.reason : 'removed'
        channel.presence.addMember(-1, seq)
        return tell(channel, actor, { seq, view: null, reason: reason === 'left' ? 'left' : 'removed' })
      }
      if (type !== memberJoined.name && type !== memberChanged.name) return undefined
      if (type === memberJoined.name) channel.presence.addMember(1, seq)
      const now = readStored({ v: memberChanged.v, schema: memberRoleBody }, v, body)
      return tell(channel, actor, { seq, view: now.ok ? viewOf(now.value.role) : null, reason: 'removed' })
    },
  }
}
