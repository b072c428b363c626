import { addressKey, networkKey, networkShare } from '../../core/address-key.ts'

/**
 * How much of something each address holds at the moment, in this process. An IPv6 client counts for its /64 network, and
 * that for its /48, which one owner may hold as well: it has room for 16 times as much.
 */
export type AddressCounts = {
  hasRoom(address: string): boolean
  /** Adds one; false if the address is at its cap, and then nothing was added. */
  add(address: string): boolean
  remove(address: string): void
}

export function createAddressCounts(limit: number): AddressCounts {
  const held = new Map<string, number>()
  const count = (key: string | null) => (key === null ? 0 : (held.get(key) ?? 0))
  const change = (key: string | null, by: 1 | -1) => {
    if (key === null) return
    const left = count(key) + by
    if (left > 0) held.set(key, left)
    else held.delete(key)
  }
  const hasRoom = (address: string) =>
    count(addressKey(address)) < limit && count(networkKey(address)) < limit * networkShare
  return {
    hasRoom,
    add(address) {
      if (!hasRoom(address)) return false
      change(addressKey(address), 1)
      change(networkKey(address), 1)
      return true
    },
    remove(address) {
      const own = addressKey(address)
      if (count(own) === 0) return
      change(own, -1)
      change(networkKey(address), -1)
    },
  }
}
