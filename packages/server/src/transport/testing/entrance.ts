import { trustProxies } from '../guards/address.ts'
import { createEntrance, type Entrance, type EntranceDeps } from '../guards/entrance.ts'

const lifted = { burst: Number.POSITIVE_INFINITY, perSecond: Number.POSITIVE_INFINITY }

/** An entrance without limits, but for those that a test sets. */
export function openEntrance(given: Partial<EntranceDeps> = {}): Entrance {
  return createEntrance({
    buckets: { takeAll: () => 0 },
    rates: { request: lifted, poll: lifted },
    limit: Number.POSITIVE_INFINITY,
    trust: trustProxies(['loopback']),
    notice: { see() {} },
    ...given,
  })
}
