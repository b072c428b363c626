import { addressRequests, type LocalBuckets, type Rate, rateLimited } from '../../../platform/limiter/limiter.ts'
import { identityRates } from '../limits.ts'

/**
 * Bounds the reads that keys which nobody has cost (rule AK7). Only those count: from an address that sends many of them,
 * keys in the cache still pass.
 */
export function createUnknownKeys(buckets: Pick<LocalBuckets, 'takeAll' | 'charge'>, rate: Rate) {
  const asks = (address: string, cost: number) => addressRequests(identityRates.unknown_key.name, address, rate, cost)
  return {
    /** Throws `rate_limited`. */
    assertFew(address: string): void {
      const wait = buckets.takeAll(asks(address, 0))
      if (wait > 0) throw rateLimited(wait)
    },
    count(address: string): void {
      for (const each of asks(address, 1)) buckets.charge(each)
    },
  }
}
