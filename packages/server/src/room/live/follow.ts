import type { StoredEvent } from '../../core/contract.ts'
import { readStored } from '../../core/stored.ts'
import type { Channel, Connection, Subscription } from './channel/channel.ts'
import { type MemberNews, viewAfter } from './channel/member-news.ts'
import type { ChannelRegistry } from './channel/registry.ts'
import type { Connections } from './connections.ts'
import {
  memberChanged,
  memberJoined,
  memberLanguages,
  memberLeft,
  memberLeftBody,
  memberReadsBody,
  memberRoleBody,
  roomClosed,
} from '../contract.ts'
import { memberView, type View, type Views } from '../audience.ts'
import type { Renewals } from './renewals.ts'
import { sentOutRole } from '../types.ts'

export type FollowDeps = {
  channels: Pick<ChannelRegistry, 'dropIfEmpty'>
  connections: Pick<Connections, 'userId'>
  views: Views
  isModerator: (role: string) => boolean
  renewals: Pick<Renewals, 'ask' | 'isRead'>
  detach: (subscription: Subscription, reason: 'left' | 'removed') => void
  /** The client starts over, with its cursors. */
  restart: (connection: Connection) => void
}

export type Follow = {
  /** The event is the newest in the channel's ring. */
  event(channel: Channel, event: StoredEvent): void
  /** After this news, the last of it, the user of this subscription is not a member any more. */
  end(subscription: Subscription, news: readonly MemberNews[]): void
}

/**
 * What a node does with its connections when the log says that a member left or has a new role, or that the room is
 * closed. Only the log decides, so every node does the same, also for events that it gets late (rule L7).
 */
export function createFollow(deps: FollowDeps): Follow {
  const { channels, connections, views, isModerator, renewals, detach, restart } = deps

  /**
   * Writes everything in the ring to the subscription, or up to `seq` if the ring has gone on; a slow consumer starts over instead.
   * False: the connection has ended.
   */
  function bringUp(subscription: Subscription, seq = subscription.channel.ring.end): boolean {
    const { channel } = subscription
    const isLate = channel.ring.end > seq
    const isServed = isLate ? channel.serveTo(seq, subscription) : channel.serve(subscription)
    if (!isServed) restart(subscription.connection)
    return !subscription.connection.closed
  }

  /** Whoever had another view in between gets nothing but the end itself, since none of the views fits all before. */
  function end(subscription: Subscription, news: readonly MemberNews[]): void {
    const { seq, reason } = news.at(-1) ?? { seq: 0, reason: 'removed' }
    const { position, view } = subscription
    if (viewAfter(news.slice(0, -1), position, view).isOther) subscription.position = Math.max(position, seq - 1)
    subscription.reading = 0
    if (subscription.attached && !bringUp(subscription, seq)) return
    // A stream cannot drop a single room: it ends, and the client reconnects to the rooms that it may read.
    if (subscription.connection.owner.present) detach(subscription, reason)
    else restart(subscription.connection)
  }

  /** Everything before with the old view, then nothing until the room was read with the new one (rule V4). */
  function show(subscription: Subscription, view: View): void {
    if (view.key === subscription.view.key || !bringUp(subscription)) return
    subscription.view = view
    renewals.ask(subscription)
  }

  /** Skips subscriptions whose read was newer; those that are reading now apply the change when they begin. */
  function tell(channel: Channel, user: number, news: MemberNews): void {
    const user_id = connections.userId(user)
    for (const subscription of user_id === undefined ? [] : channel.ofUser(user_id)) {
      const { connection, attached, reading, position } = subscription
      if (connection.closed || position >= news.seq) continue
      const all = [...(subscription.news ?? []), news]
      const view = news.change(subscription.view, subscription.view.isStream)
      // Whoever only waits for a read to begin with does not wait for it in order to go.
      if (!view && attached && !renewals.isRead(subscription)) end(subscription, all)
      else if (reading > 0) subscription.news = all
      else if (view && attached) show(subscription, view)
    }
    if (!news.change(memberView, false)) channel.presence.remove(user, news.reason)
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
        return tell(channel, actor, { seq, change: () => null, reason: reason === 'left' ? 'left' : 'removed' })
      }
      if (type === memberLanguages.name) {
        const now = readStored({ v: memberLanguages.v, schema: memberReadsBody }, v, body)
        const reads = now.ok ? now.value.languages.reads : []
        const change: MemberNews['change'] = (view, isStream) => view && views.of(view.isModerator, reads, isStream)
        return tell(channel, actor, { seq, change, reason: 'removed' })
      }
      if (type !== memberJoined.name && type !== memberChanged.name) return undefined
      if (type === memberJoined.name) channel.presence.addMember(1, seq)
      const now = readStored({ v: memberChanged.v, schema: memberRoleBody }, v, body)
      const isKeptOut = !now.ok || now.value.role === sentOutRole
      const isNowModerator = now.ok && isModerator(now.value.role)
      // Languages end with a membership, and begin in another event (rule V2).
      const readsOf = (view: View | null) => (type === memberJoined.name ? [] : [...(view?.reads ?? [])])
      const change: MemberNews['change'] = (view, isStream) =>
        isKeptOut ? null : views.of(isNowModerator, readsOf(view), isStream)
      return tell(channel, actor, { seq, change, reason: 'removed' })
    },
  }
}
