import type { AppError } from '../../core/error.ts'
import { addressRequests, type LocalBuckets, type Rate, rateLimited } from '../../platform/limiter/limiter.ts'

/** One budget of each address: takes one call of it and answers null, or why it is refused (`rate_limited`). */
export type AddressBudget = (address: string) => AppError | null

export function createAddressBudget(name: string, rate: Rate, buckets: Pick<LocalBuckets, 'takeAll'>): AddressBudget {
  return (address) => {
    const wait = buckets.takeAll(addressRequests(name, address, rate, 1))
    return wait > 0 ? rateLimited(wait) : null
  }
}
