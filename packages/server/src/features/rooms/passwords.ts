import type { UserCaller } from '../../core/caller.ts'
import { addressKey, rateLimited } from '../../platform/limiter/limiter.ts'
import type { Passwords } from '../../platform/passwords/passwords.ts'
import { normalPassword } from './shapes.ts'
import type { KnownRoom } from './state.ts'

/** Count one attempt at a password; answer the ms to wait before another, 0 when this one may pass. */
export type Attempts = {
  byCaller(key: string): number | Promise<number>
  byAddress(key: string): number | Promise<number>
}

export type PasswordCheck = {
  /**
   * Whether what this caller gave is the room's password. Each look costs an attempt, of theirs at the room and of their
   * address (rule A5); asked again about the same password it answers from memory.
   */
  of(caller: UserCaller, given: string): (room: KnownRoom) => Promise<boolean>
}

export function createPasswordCheck({
  hashing,
  attempts,
}: {
  hashing: Pick<Passwords, 'verify'>
  attempts: Attempts
}): PasswordCheck {
  return {
    of({ user, address }, given) {
      const known = new Map<string, Promise<boolean>>()
      const check = async (room_id: string, hash: string) => {
        const wait =
          (await attempts.byCaller(`room ${room_id} ${user.id}`)) ||
          (await attempts.byAddress(`room ${addressKey(address)}`))
        if (wait > 0) throw rateLimited(wait)
        return (await hashing.verify(normalPassword(given), hash)).ok
      }
      return async ({ id, profile: { password: hash } }) => {
        if (hash === null) return false
        const answer = known.get(hash) ?? check(id, hash)
        known.set(hash, answer)
        return answer
      }
    },
  }
}
