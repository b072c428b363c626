import { addressKey } from '../../core/address-key.ts'

/**
 * What one address has under way: bytes of bodies and frames that are held because they are not whole yet. Counted in
 * this process, for all doors together, an IPv6 client by its /64 network.
 */
export type InFlightBytes = { from(address: string): Arrival }

/** One body, or the frames of one connection, one after another. */
export type Arrival = {
  /** More of it has come. False: the address holds as much as it may, and this must be given up. */
  add(bytes: number): boolean
  /** It is whole, or given up: nothing of it is held any more. */
  end(): void
}

/** Bytes of each body and frame that are not counted: nearly all are smaller, and cost one addition. */
export const uncounted = 16 * 1024

/** Addresses whose bytes all of them together may hold: a great many networks have not as many times the room. */
const together = 4

/** `limit`: bytes of one address. What has nothing beside it passes, for it has a bound of its own. */
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
          if (arrived <= uncounted) return true
          const key = addressKey(address)
          const others = (totals.get(key) ?? 0) - counted
          const own = arrived - uncounted
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
