import { addressKey } from '../../core/address-key.ts'
import type { UserCaller } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import type { RunContext } from '../../core/action.ts'
import { type LocalBuckets, rateLimited } from '../../platform/limiter/limiter.ts'
import type { Live } from '../../room/live/live.ts'
import type { RoomFacts } from '../../core/contract.ts'
import type { Uploads } from '../uploads/uploads.ts'
import { messageBounds } from './bounds.ts'
import { formatOf } from './formats.ts'
import { messageRates } from './limits.ts'

export type InlineDeps = {
  uploads: Pick<Uploads, 'store' | 'bytesWithin' | 'discard'>
  live: Pick<Live, 'receivers'>
  buckets: Pick<LocalBuckets, 'takeAll'>
  /** MAX_INLINE_BYTES. */
  maxBytes: number
  /** Images and recordings that this process looks at: of one address, and of all (rule IN5). */
  underWay: { ofAddress: number; ofAll: number }
}

/**
 * An image or recording of a message, stored as a file. `base64` is JSON text, null where the file is too large for it;
 * `url` opens the file for 24 h while it is not attached.
 */
export type Inline = { id: string; format: string; base64: string | null; url: string }

/** What images and recordings of other features than messages go through. */
export type InlineFiles = Pick<ReturnType<typeof createInline>, 'assertSize' | 'keep'>

/** Images and recordings that come as base64 within a message (rules IN1 to IN6). */
export function createInline({ uploads, live, buckets, maxBytes, underWay }: InlineDeps) {
  const byAddress = new Map<string, number>()
  let all = 0

  /** Bounds the work for one address, so that one that sends many leaves room for others. */
  async function counted<T>(address: string, work: () => Promise<T>): Promise<T> {
    const key = addressKey(address)
    const mine = byAddress.get(key) ?? 0
    if (mine >= underWay.ofAddress || all >= underWay.ofAll) throw rateLimited(1000)
    byAddress.set(key, mine + 1)
    all += 1
    try {
      return await work()
    } finally {
      all -= 1
      const left = (byAddress.get(key) ?? 1) - 1
      if (left === 0) byAddress.delete(key)
      else byAddress.set(key, left)
    }
  }

  return {
    assertSize(bytes: Uint8Array): void {
      if (bytes.length > maxBytes) throw new AppError('too_large', { details: { limit: maxBytes } })
    },

    /** Stores the bytes as a file for the room (null: for none). Rejects with `unsupported_type` if they are of another kind (rule IN2). */
    keep: (
      user: UserCaller,
      room_id: string | null,
      { type, bytes, format }: { type: string; bytes: Uint8Array; format?: string | null | undefined },
    ): Promise<Inline> =>
      counted(user.address, async () => {
        const given = { name: type, alt: null, room_id: room_id ?? '', declared: bytes.length, bytes: once(bytes) }
        const file = await uploads.store(user, given)
        try {
          if (file.kind !== type) throw new AppError('unsupported_type')
          const found = await uploads.bytesWithin(file.id, messageBounds.inline_bytes.value)
          const base64 = found && JSON.stringify(Buffer.from(found.bytes).toString('base64'))
          return { id: file.id, format: formatOf(file.mime_type, format ?? null), base64, url: file.url }
        } catch (error) {
          await uploads.discard(file.id)
          throw error
        }
      }),

    /** Whether live events of the room may carry so many characters of base64 now; then they are charged (rule IN4). */
    mayFanOut(room: RoomFacts, characters: number, { spend }: Pick<RunContext, 'spend'>): boolean {
      const cost = characters * Math.max(1, live.receivers(room.num))
      if (!spend('fan_out_bytes', cost)) return false
      const { name, ...rate } = messageRates.inline_base64
      return buckets.takeAll([{ name, key: room.id, rate, cost: characters }]) === 0
    },
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes
}
