import type { Timers } from '../../core/clock.ts'
import type { Bus, Messages, Topic } from './bus.ts'

/** Each in 0..1: how likely a message is lost, or held back up to `delay_ms` and so overtaken by later ones. */
export type Faults = { drop: number; delay: number; delay_ms: number; repeat: number }

export type FaultyBus<M extends Messages> = Bus<M> & {
  faults: Faults
  /** Down: nothing that is published arrives. */
  setUp(up: boolean): void
}

/** A bus that misbehaves on its way to one node, for tests: the same interface around another bus. `random` in 0..1. */
export function createFaultyBus<M extends Messages>(
  bus: Bus<M>,
  { random, timers }: { random: () => number; timers: Timers },
): FaultyBus<M> {
  let up = true
  const listeners = new Set<(up: boolean) => void>()

  function misbehaving<Key, Message>(topic: Topic<Key, Message>): Topic<Key, Message> {
    return {
      publish(key, message) {
        if (up) topic.publish(key, message)
      },
      subscribe(key, handler) {
        let open = true
        const arrive = (message: Message) => {
          if (open && up) handler(message, key)
        }
        const inner = topic.subscribe(key, (message) => {
          const { drop, delay, delay_ms, repeat } = faulty.faults
          if (random() < drop) return
          if (random() < delay) timers.after(random() * delay_ms, () => arrive(message))
          else arrive(message)
          if (random() < repeat) arrive(message)
        })
        return {
          confirmed: inner.confirmed,
          close() {
            open = false
            inner.close()
          },
        }
      },
    }
  }

  const faulty: FaultyBus<M> = {
    faults: { drop: 0, delay: 0, delay_ms: 0, repeat: 0 },
    room: misbehaving(bus.room),
    user: misbehaving(bus.user),
    all: misbehaving(bus.all),
    activity: misbehaving(bus.activity),
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
