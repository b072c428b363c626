import { trustProxies } from '../guards/address.ts'
import { createRequestGuard, type RequestGuard, type RequestGuardDeps } from '../guards/request-guard.ts'

const lifted = { burst: Number.POSITIVE_INFINITY, perSecond: Number.POSITIVE_INFINITY }

/** A request guard with only the limits that a test sets. */
export function openRequestGuard(given: Partial<RequestGuardDeps> = {}): RequestGuard {
  return createRequestGuard({
    buckets: { takeAll: () => 0 },
    rates: { request: lifted, poll: lifted },
    limit: Number.POSITIVE_INFINITY,
    trust: trustProxies(['loopback']),
    notice: { see() {} },
    ...given,
  })
}
