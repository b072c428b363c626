import { AppError } from '../../core/error.ts'
import type { OutsidersStore } from './outsiders-store.ts'

/** Who waits for a room at once, and rooms for which someone does (rule W5). */
const [perRoom, perUser] = [200, 20]

/** A place among those who wait. Disposed of once it is stored, or will not be. */
export type Place = Disposable & {
  /** Rejects with `room_full` or `too_many_rooms` where there is none; who has it already gets it again. */
  take(): Promise<void>
}

export type WaitingPlaces = (room: number, user_id: string) => Place

/**
 * Hands out the places of those who wait. Places under way count beside those stored, so that many who come at once on
 * this node do not all find the last one; nodes that count in the same moment may each give as many.
 */
export function createWaitingPlaces(store: Pick<OutsidersStore, 'othersIn' | 'othersOf'>): WaitingPlaces {
  const [rooms, users] = [createTally<number>(), createTally<string>()]
  return (room, user_id) => {
    let ahead: { inRoom: number; ofUser: number } | null = null
    return {
      async take() {
        ahead ??= { inRoom: rooms.enter(room), ofUser: users.enter(user_id) }
        const [inRoom, ofUser] = await Promise.all([store.othersIn(room, user_id), store.othersOf(user_id, room)])
        if (inRoom + ahead.inRoom > perRoom) throw new AppError('room_full')
        if (ofUser + ahead.ofUser <= perUser) return
        throw new AppError('too_many_rooms', { text: 'You wait to be let into as many rooms as you may' })
      },
      [Symbol.dispose]() {
        if (!ahead) return
        rooms.leave(room)
        users.leave(user_id)
      },
    }
  }
}

function createTally<Key>() {
  const counts = new Map<Key, number>()
  return {
    /** How many there are with this one. */
    enter(key: Key): number {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return count
    },
    leave(key: Key): void {
      const count = (counts.get(key) ?? 0) - 1
      if (count > 0) counts.set(key, count)
      else counts.delete(key)
    },
  }
}
