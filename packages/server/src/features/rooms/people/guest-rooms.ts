import type { UserCaller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { isOneOfMany, rateLimited } from '../../../platform/limiter/limiter.ts'
import type { Attempts } from '../entry/attempts.ts'
import { createKeyedCounts } from '../entry/keyed-counts.ts'
import type { RoomsStore } from '../store.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Ms after its creation for which a room counts even when all members have left it. */
const emptyCounts = 86_400_000

/** A reservation for a room that is being made, against the bound on rooms per guest. Disposed of once the room is stored, or will not be. */
export type RoomReservation = Disposable

export type GuestRoomsDeps = {
  store: Pick<RoomsStore, 'countOwned'>
  attempts: Pick<Attempts, 'toMakeRooms'>
  clock: Clock
  limits: { guestRooms: number }
}

/**
 * Limits the rooms of guests and new accounts, which can be made at no cost (rule RM12): a guest owns a few at a time, and
 * the guests and new accounts of an address share a budget. Rooms being made on this node count besides those stored.
 */
export function createGuestRooms({ store, attempts, clock, limits }: GuestRoomsDeps) {
  const underWay = createKeyedCounts<number>()

  async function mayOwnMore(user: number, ahead: number): Promise<void> {
    if (limits.guestRooms === Number.POSITIVE_INFINITY) return
    const owned = await store.countOwned(user, clock.now() - emptyCounts, limits.guestRooms)
    if (owned + ahead > limits.guestRooms) {
      throw new AppError(roomErrors.too_many_rooms, {
        text: `A guest owns at most ${limits.guestRooms} rooms: close one, or sign up`,
        details: { limit: limits.guestRooms },
      })
    }
  }

  return async function reserve(caller: UserCaller): Promise<RoomReservation> {
    if (!isOneOfMany(caller, clock.now())) return { [Symbol.dispose]() {} }
    const { num } = caller.user
    const ahead = underWay.enter(num)
    try {
      if (caller.profile.guest) await mayOwnMore(num, ahead)
      const wait = await attempts.toMakeRooms(caller.address)
      if (wait > 0) throw rateLimited(wait)
    } catch (error) {
      underWay.leave(num)
      throw error
    }
    return { [Symbol.dispose]: () => underWay.leave(num) }
  }
}
