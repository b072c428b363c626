import type { UserCaller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Bytes } from '../../../core/route.ts'
import type { LimitRate } from '../../../core/rate.ts'
import type { Blobs } from '../../../platform/files/files.ts'
import { addressRequests, isLifted, isOneOfMany, type LocalBuckets } from '../../../platform/limiter/limiter.ts'
import { uploadErrors } from '../errors.ts'
import { uploadRates } from '../limits.ts'

export type GuestBoundsDeps = {
  buckets: Pick<LocalBuckets, 'takeAll' | 'charge'>
  blobs: Pick<Blobs, 'space'>
  clock: Pick<Clock, 'now'>
  /** `guest_file_bytes` after the server's settings. */
  rate: LimitRate
  /** GUEST_DISK_FREE_BYTES. */
  diskFree: number
}

/** Share of a small disk that guests leave free. */
const share = 1 / 4
/** Bytes that a file counts as besides its own: a file takes an inode and a row, however small it is. */
const fileCost = 64 * 1024
/** Bytes after which the free space is looked at again. */
const stride = 8 * 1024 * 1024

export type GuestBounds = ReturnType<typeof createGuestBounds>

/**
 * What callers may store who cost nothing to make: guests, and accounts younger than a day (rule UP17). A quota of each of them
 * bounds nothing, because there can be any number.
 */
export function createGuestBounds({ buckets, blobs, clock, rate, diskFree }: GuestBoundsDeps) {
  const isBound = (user: UserCaller) => isOneOfMany(user, clock.now())
  const asks = ({ address }: UserCaller, cost: number) =>
    addressRequests(uploadRates.guest_file_bytes.name, address, rate, cost)

  function take(user: UserCaller, bytes: number): void {
    if (!isLifted(rate) && buckets.takeAll(asks(user, bytes)) > 0) throw new AppError(uploadErrors.quota_exceeded)
  }

  async function assertSpace(): Promise<void> {
    const { free, size } = await blobs.space()
    if (free < Math.min(diskFree, size * share)) throw new AppError('storage_unavailable')
  }

  async function* counted(user: UserCaller, bytes: Bytes): Bytes {
    let unlooked = stride
    for await (const chunk of bytes) {
      take(user, chunk.length)
      unlooked += chunk.length
      if (unlooked >= stride) {
        await assertSpace()
        unlooked = 0
      }
      yield chunk
    }
  }

  return {
    /** Rejects with `quota_exceeded` or `storage_unavailable` if this caller may begin no upload. */
    async assertMayBegin(user: UserCaller): Promise<void> {
      if (!isBound(user)) return
      take(user, fileCost)
      await assertSpace()
    },
    /** These bytes, which count as they come. */
    counted: (user: UserCaller, bytes: Bytes): Bytes => (isBound(user) ? counted(user, bytes) : bytes),
    /** Bytes that were stored beyond those that came: an image may be larger once it is written anew. */
    more(user: UserCaller, bytes: number): void {
      if (isLifted(rate) || !isBound(user) || bytes <= 0) return
      for (const each of asks(user, bytes)) buckets.charge(each)
    },
  }
}
