import { AppError } from '../core/error.ts'
import { addressKey, type LocalBuckets, type Rate, rateLimited } from '../platform/limiter/limiter.ts'

/**
 * What one address may hold and do before anyone looks at its token: open sockets and streams, and handshakes a second.
 * Counted in this process, an IPv6 client by its /64 network.
 */
export type Caps = {
  /** Takes one handshake from the address's budget; throws `rate_limited`. */
  handshake(address: string): void
  /** Counts an open connection until `release`; throws `too_many_connections`, and then there is nothing to release. */
  open(address: string): void
  release(address: string): void
}

export function createCaps(deps: { connections: number; handshakes: Rate; buckets: LocalBuckets }): Caps {
  const { connections, handshakes, buckets } = deps
  const open = new Map<string, number>()
  return {
    handshake(address) {
      const wait = buckets.take('handshake', addressKey(address), handshakes)
      if (wait > 0) throw rateLimited(wait)
    },
    open(address) {
      const key = addressKey(address)
      const count = open.get(key) ?? 0
      if (count >= connections) throw new AppError('too_many_connections')
      open.set(key, count + 1)
    },
    release(address) {
      const key = addressKey(address)
      const count = open.get(key) ?? 0
      if (count > 1) open.set(key, count - 1)
      else open.delete(key)
    },
  }
}
