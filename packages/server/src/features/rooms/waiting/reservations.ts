import type { UserCaller } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import { rateLimited } from '../../../platform/limiter/limiter.ts'
import type { Attempts } from '../entry/attempts.ts'
import { waitingRecord } from '../contract/events.ts'
import { createKeyedCounts } from '../entry/keyed-counts.ts'
import type { UserRecordsStore } from './user-records-store.ts'
import type { RoomsStore } from '../store.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Users who may wait for one room, and rooms for which one user may wait, at a time (rule W5). */
const [perRoom, perUser] = [200, 20]

/** A reserved entry of a waiting list. Disposed of once the entry is stored, or will not be. */
export type WaitingReservation = Disposable & {
  /**
   * Rejects with `room_full` or `too_many_rooms` when the list is full, and with `rate_limited` when too many users came
   * from this address; a user who is on the list already is not counted again.
   */
  take(): Promise<void>
}

export type ReserveWaiting = (room: number, caller: UserCaller) => WaitingReservation

export type WaitingReservationsDeps = {
  store: Pick<RoomsStore, 'record'>
  userRecords: Pick<UserRecordsStore, 'othersIn' | 'othersOf'>
  attempts: Pick<Attempts, 'toWait'>
}

/**
 * Reserves entries of waiting lists. Reservations of this node count besides the stored entries, so that concurrent
 * requests do not all get the last one; two nodes that count at the same moment may both give it.
 */
export function createWaitingReservations({ store, userRecords, attempts }: WaitingReservationsDeps): ReserveWaiting {
  const [rooms, users] = [createKeyedCounts<number>(), createKeyedCounts<string>()]

  /** Guests can be made at no cost, so each address has a budget, lest one address fill a room's list (rule W5). */
  async function comes(room: number, user_id: string, address: string): Promise<void> {
    if (await store.record(room, waitingRecord, user_id)) return
    const wait = await attempts.toWait(address, room)
    if (wait > 0) throw rateLimited(wait)
  }

  return (room, { user: { id: user_id }, address }) => {
    let ahead: { inRoom: number; ofUser: number } | null = null
    return {
      async take() {
        if (!ahead) {
          ahead = { inRoom: rooms.enter(room), ofUser: users.enter(user_id) }
          await comes(room, user_id, address)
        }
        const others = [userRecords.othersIn(room, user_id), userRecords.othersOf(user_id, room)] as const
        const [inRoom, ofUser] = await Promise.all(others)
        if (inRoom + ahead.inRoom > perRoom) throw new AppError(roomErrors.room_full)
        if (ofUser + ahead.ofUser <= perUser) return
        throw new AppError(roomErrors.too_many_rooms, { text: 'You are waiting to join the maximum number of rooms' })
      },
      [Symbol.dispose]() {
        if (!ahead) return
        rooms.leave(room)
        users.leave(user_id)
      },
    }
  }
}
