import { addressKey, networkKey } from '../core/address-key.ts'
import type { AppError } from '../core/error.ts'
import { type Ask, type LocalBuckets, type Rate, rateLimited } from '../platform/limiter/limiter.ts'

/** /64 networks whose budget a /48 network of IPv6 has. */
const share = 16

/** One budget of each address: takes one call of it and answers null, or why it is refused (`rate_limited`). */
export type AddressBudget = (address: string) => AppError | null

export function createAddressBudget(name: string, rate: Rate, buckets: Pick<LocalBuckets, 'takeAll'>): AddressBudget {
  const ofNetwork = { burst: rate.burst * share, perSecond: rate.perSecond * share }
  return (address) => {
    const network = networkKey(address)
    const asks: Ask[] = [{ name, key: addressKey(address), rate, cost: 1 }]
    if (network !== null) asks.push({ name: `${name} of a network`, key: network, rate: ofNetwork, cost: 1 })
    const wait = buckets.takeAll(asks)
    return wait > 0 ? rateLimited(wait) : null
  }
}
