import { addressKey } from '../../core/address-key.ts'

/**
 * The in-flight bytes of one address: bytes of incomplete bodies and frames that the server holds. Counted in
 * this process, for all doors together, an IPv6 client by its /64 network.
 */
export type InFlightBytes = { from(address: string): ByteCounter }

/** One body, or one connection's frames in sequence. */
export type ByteCounter = {
  /** More bytes have arrived. False: the address is over its bound, and this body or frame must be dropped. */
  add(bytes: number): boolean
  /** It is complete or was dropped: its bytes no longer count. */
  end(): void
}

/**
 * The first bytes of each body and frame are not counted: nearly all are smaller, so counting costs them one addition.
 */
export const uncountedBytes = 16 * 1024

/**
 * The limit for all addresses together is this many times the limit of one, from however many networks: beside these bytes stand
 * the messages that they become, and what of both V8 has not collected yet.
 */
const together = 2.5

/**
 * `limit`: bytes per address. A body or frame that is the only one in flight always passes: it has a limit of its own.
 */
export function createInFlightBytes(limit: number): InFlightBytes {
  const totals = new Map<string, number>()
  let all = 0
  return {
    from(address) {
      let arrived = 0
      let counted = 0
      return {
        add(bytes) {
          arrived += bytes
          if (arrived <= uncountedBytes) return true
          const key = addressKey(address)
          const others = (totals.get(key) ?? 0) - counted
          const own = arrived - uncountedBytes
          if (others > 0 && others + own > limit) return false
          if (all > counted && all - counted + own > limit * together) return false
          all += own - counted
          counted = own
          totals.set(key, others + own)
          return true
        },
        end() {
          arrived = 0
          if (counted === 0) return
          const key = addressKey(address)
          const left = (totals.get(key) ?? 0) - counted
          all -= counted
          counted = 0
          if (left > 0) totals.set(key, left)
          else totals.delete(key)
        },
      }
    },
  }
}
