import { addressKey, networkKey } from '../core/address-key.ts'
import type { AppError } from '../core/error.ts'
import { type LocalBuckets, type Rate, rateLimited } from '../platform/limiter/limiter.ts'

/** /64 networks whose budget a /48 network of IPv6 has. */
const share = 16

/** One budget of each address: takes one call of it and answers null, or why it is refused (`rate_limited`). */
export type AddressBudget = (address: string) => AppError | null

export function createAddressBudget(name: string, rate: Rate, buckets: Pick<LocalBuckets, 'take'>): AddressBudget {
  const ofNetwork = { burst: rate.burst * share, perSecond: rate.perSecond * share }
  return (address) => {
    const network = networkKey(address)
    const own = buckets.take(name, addressKey(address), rate)
    const wait = own > 0 || network === null ? own : buckets.take(`${name} of a network`, network, ofNetwork)
    return wait > 0 ? rateLimited(wait) : null
  }
}
