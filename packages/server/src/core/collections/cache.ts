import { LRUCache } from 'lru-cache'

/**
 * Keeps at most `max` entries; those not used for longest go first. LRUCache allocates space for all of its `max` entries at
 * once (some ms and MB at each start); told to count instead, it grows with its entries.
 */
export function createCache<Key extends string | number, Value extends object | string | number | boolean>(
  max: number,
  onRemoved?: (value: Value, key: Key) => void,
): LRUCache<Key, Value> {
  return new LRUCache({ maxSize: max, sizeCalculation: () => 1, ...(onRemoved ? { dispose: onRemoved } : {}) })
}
