import { addressKey, networkKey, networkShare } from '../address-key.ts'

/** Calls that wait in the queues of all connections of one address, and bytes of their input (rule CO5). */
export const waitingLimits = { calls: 2048, bytes: 16 * 1024 * 1024 }

/** What the connections of one address have waiting. */
export type WaitingCalls = {
  /** Counts one call with so many bytes; false if there is no room for it, and then it is not counted. */
  add(bytes: number): boolean
  remove(bytes: number): void
}

type Held = { calls: number; bytes: number }

/**
 * Counts by address, in this process. An IPv6 client counts for its /64 network, and for its /48, which one owner may hold
 * as well and which has room for 16 times as much. Without it 200 sockets of one address kept 25,600 joins in memory.
 */
export function createWaitingCalls(limits: Held = waitingLimits): (address: string) => WaitingCalls {
  const held = new Map<string, Held>()

  function hasRoom(key: string, bytes: number, share: number): boolean {
    const { calls, bytes: before } = held.get(key) ?? { calls: 0, bytes: 0 }
    return calls < limits.calls * share && before + bytes <= limits.bytes * share
  }

  function change(key: string, calls: number, bytes: number): void {
    const now = held.get(key) ?? { calls: 0, bytes: 0 }
    now.calls += calls
    now.bytes += bytes
    if (now.calls > 0) held.set(key, now)
    else held.delete(key)
  }

  return (address) => {
    const [own, network] = [addressKey(address), networkKey(address)]
    return {
      add(bytes) {
        if (!hasRoom(own, bytes, 1)) return false
        if (network !== null && !hasRoom(network, bytes, networkShare)) return false
        change(own, 1, bytes)
        if (network !== null) change(network, 1, bytes)
        return true
      },
      remove(bytes) {
        change(own, -1, -bytes)
        if (network !== null) change(network, -1, -bytes)
      },
    }
  }
}
