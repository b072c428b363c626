import { AppError } from '../../core/error.ts'
import type { LocalBuckets, Rate } from '../../platform/limiter/limiter.ts'
import { createAddressBudget } from './address-budget.ts'
import { insecure } from './address.ts'
import type { Origins } from './origins.ts'
import type { ConnectionCaps } from '../socket/socket.ts'
import { createAddressCounts } from './address-counts.ts'

/**
 * Caps on one address before its token is checked: open sockets and streams, and handshakes a second.
 * Counted in this process, an IPv6 client by its networks.
 */
export type Caps = {
  /** Takes one handshake from the address's budget. Answers why it is refused (`rate_limited`, `too_many_connections`) or null. */
  admit(address: string): AppError | null
  /** The same for an open connection that sends another CONNECT. */
  handshake(address: string): AppError | null
  /** Counts a new open connection; false if the address has reached its cap meanwhile: then it must be closed. */
  opened(address: string): boolean
  closed(address: string): void
}

export function createCaps(deps: { connections: number; handshakes: Rate; buckets: LocalBuckets }): Caps {
  const open = createAddressCounts(deps.connections)
  const take = createAddressBudget('handshake', deps.handshakes, deps.buckets)
  return {
    admit: (address) => take(address) ?? (open.hasRoom(address) ? null : new AppError('too_many_connections')),
    handshake: take,
    opened: open.add,
    closed: open.remove,
  }
}

/** The checks of the socket door: encryption and origin at each request, the caps at each new connection. */
export function guardSockets(
  caps: Caps,
  { origins, forceHttps }: { origins: Origins; forceHttps: boolean },
): ConnectionCaps {
  return {
    admit({ origin, host, sender, fresh }) {
      if (forceHttps && !sender.isSecure) return insecure()
      if (!origins(origin ?? undefined, host ?? undefined)) return new AppError('origin_not_allowed')
      return fresh ? caps.admit(sender.address) : null
    },
    handshake: caps.handshake,
    opened: caps.opened,
    closed: caps.closed,
  }
}
