import type { UserCaller } from '../../core/caller.ts'
import { addressKey } from '../../core/address-key.ts'
import { rateLimited } from '../../platform/limiter/limiter.ts'
import type { Hashing, Passwords } from '../../platform/passwords/passwords.ts'
import { normalPassword } from './shapes.ts'
import type { KnownRoom } from './state.ts'

/** Count one attempt at a password, or at waiting; answer the ms to wait before another, 0 when this one may pass. */
export type Attempts = {
  byCaller(key: string): number | Promise<number>
  byAddress(key: string): number | Promise<number>
  toWait(key: string): number | Promise<number>
}

export type RoomPasswords = {
  /**
   * Whether what this caller gave is the room's password. Each look costs an attempt, of theirs at the room and of their
   * address (rule A5); asked again about the same password it answers from memory.
   */
  of(caller: UserCaller, given: string): (room: KnownRoom) => Promise<boolean>
  /** The hash of a room's new password, as often as the caller and their address may set one (rule RM5). */
  hash(caller: UserCaller, text: string): Promise<string>
}

export type RoomPasswordsDeps = { hashing: Pick<Passwords, 'hold'>; attempts: Attempts }

export function createRoomPasswords({ hashing, attempts }: RoomPasswordsDeps): RoomPasswords {
  /** `on`: what the attempt is at. A place in the queue first: who finds none has not tried. */
  const attempt = <T>(
    { user, address }: UserCaller,
    on: { caller: string; address: string },
    run: (held: Hashing) => Promise<T>,
  ): Promise<T> =>
    hashing.hold(async (held) => {
      const wait =
        (await attempts.byCaller(`${on.caller} ${user.id}`)) ||
        (await attempts.byAddress(`${on.address} ${addressKey(address)}`))
      if (wait > 0) throw rateLimited(wait)
      return run(held)
    })

  return {
    of(caller, given) {
      const known = new Map<string, Promise<boolean>>()
      const check = (room_id: string, hash: string) =>
        attempt(caller, { caller: `room ${room_id}`, address: 'room' }, async ({ verify }) => {
          return (await verify(normalPassword(given), hash)).ok
        })
      return async ({ id, profile: { password: hash } }) => {
        if (hash === null) return false
        const answer = known.get(hash) ?? check(id, hash)
        known.set(hash, answer)
        return answer
      }
    },
    hash: (caller, text) => attempt(caller, { caller: 'new', address: 'new' }, ({ hash }) => hash(text)),
  }
}
