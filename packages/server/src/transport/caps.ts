import { AppError } from '../core/error.ts'
import { addressKey, type LocalBuckets, type Rate, rateLimited } from '../platform/limiter/limiter.ts'
import { insecure } from './address.ts'
import type { Origins } from './origins.ts'
import type { ConnectionCaps } from './socket.ts'

/**
 * What one address may hold and do before anyone looks at its token: open sockets and streams, and handshakes a second.
 * Counted in this process, an IPv6 client by its /64 network.
 */
export type Caps = {
  /** Takes one handshake from the address's budget. Answers why it is refused (`rate_limited`, `too_many_connections`) or null. */
  admit(address: string): AppError | null
  opened(address: string): void
  closed(address: string): void
}

export function createCaps(deps: { connections: number; handshakes: Rate; buckets: LocalBuckets }): Caps {
  const { connections, handshakes, buckets } = deps
  const open = new Map<string, number>()
  const count = (key: string) => open.get(key) ?? 0
  return {
    admit(address) {
      const key = addressKey(address)
      const wait = buckets.take('handshake', key, handshakes)
      if (wait > 0) return rateLimited(wait)
      return count(key) < connections ? null : new AppError('too_many_connections')
    },
    opened(address) {
      const key = addressKey(address)
      open.set(key, count(key) + 1)
    },
    closed(address) {
      const key = addressKey(address)
      const left = count(key) - 1
      if (left > 0) open.set(key, left)
      else open.delete(key)
    },
  }
}

/** What the socket door asks about who knocks: the encryption and the origin at each request, the caps at each new connection. */
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
    opened: caps.opened,
    closed: caps.closed,
  }
}
