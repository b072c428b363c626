import type { Timers } from '../../core/clock.ts'
import type { Addressed, Bus } from './bus.ts'

/** Each in 0..1: how likely a batch is lost, or held back up to `delay_ms` and so overtaken by later ones. */
export type Faults = { drop: number; delay: number; delay_ms: number; repeat: number }

export type FaultyBus<T extends Addressed> = Bus<T> & {
  faults: Faults
  /** Down: nothing that is published arrives. */
  setUp(up: boolean): void
}

/** A bus that misbehaves on its way to one node, for tests: the same interface around another bus. `random` in 0..1. */
export function createFaultyBus<T extends Addressed>(
  bus: Bus<T>,
  { random, timers }: { random: () => number; timers: Timers },
): FaultyBus<T> {
  let up = true
  const listeners = new Set<(up: boolean) => void>()
  const faulty: FaultyBus<T> = {
    faults: { drop: 0, delay: 0, delay_ms: 0, repeat: 0 },
    publish(batch) {
      if (up) bus.publish(batch)
    },
    subscribe(room, handler) {
      let open = true
      const arrive = (batch: T) => {
        if (open && up) handler(batch)
      }
      const inner = bus.subscribe(room, (batch) => {
        const { drop, delay, delay_ms, repeat } = faulty.faults
        if (random() < drop) return
        if (random() < delay) timers.after(random() * delay_ms, () => arrive(batch))
        else arrive(batch)
        if (random() < repeat) arrive(batch)
      })
      return {
        confirmed: inner.confirmed,
        close() {
          open = false
          inner.close()
        },
      }
    },
    isUp: () => up && bus.isUp(),
    onState(listener) {
      listeners.add(listener)
      const offInner = bus.onState(listener)
      return () => {
        listeners.delete(listener)
        offInner()
      }
    },
    setUp(value) {
      if (value === up) return
      up = value
      for (const listener of listeners) listener(up)
    },
  }
  return faulty
}
