import type { Timers } from '../../core/clock.ts'
import type { Channel, Connection, Subscription } from './channel/channel.ts'

/** Ms within which a connection whose view has changed must have begun again (rule V4). */
const renewWithin = 10_000

export type RenewalsDeps = {
  timers: Timers
  /** The connection is to be attached again, with a read of what it may see now. */
  onViewChanged: (channel: Channel, connection: Connection) => void
  /** The client starts over, with its cursors. */
  restart: (connection: Connection) => void
}

export type Renewals = {
  /** Nothing is written to the subscription until it begins again; asking once more while it waits changes nothing. */
  ask(subscription: Subscription): void
  /** It has begun with a newer read. */
  done(subscription: Subscription): void
  /** A read for it has failed: if it was to begin again with it, it starts over now. */
  failed(subscription: Subscription): void
  isAsked(subscription: Subscription): boolean
  /** Whether a read for it is under way, in order to attach it. */
  isRead(subscription: Subscription): boolean
}

/** Subscriptions whose view has changed, until the room was read for them with the new one (rule V4). */
export function createRenewals({ timers, onViewChanged, restart }: RenewalsDeps): Renewals {
  const asked = new Map<Subscription, { round: number; cancel: () => void }>()

  /** Those that were detached meanwhile do not wait any more. */
  const isAsked = (subscription: Subscription): boolean => asked.get(subscription)?.round === subscription.round

  function end(subscription: Subscription): boolean {
    const waits = isAsked(subscription)
    asked.get(subscription)?.cancel()
    asked.delete(subscription)
    return waits
  }

  function giveUp(subscription: Subscription): void {
    if (end(subscription) && !subscription.connection.closed) restart(subscription.connection)
  }

  return {
    isAsked,
    isRead: (subscription) => subscription.reading > (isAsked(subscription) ? 1 : 0),
    ask(subscription) {
      if (isAsked(subscription)) return
      asked.get(subscription)?.cancel()
      // As during a read: passes leave it out, and changes of its membership are kept for it.
      subscription.reading += 1
      const cancel = timers.after(renewWithin, () => giveUp(subscription))
      asked.set(subscription, { round: subscription.round, cancel })
      onViewChanged(subscription.channel, subscription.connection)
    },
    done(subscription) {
      if (end(subscription)) subscription.channel.endRead(subscription)
    },
    failed: giveUp,
  }
}
