import type { UserCaller } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import { rateLimited } from '../../../platform/limiter/limiter.ts'
import type { Passwords } from '../../../platform/passwords/passwords.ts'
import type { Attempts } from './attempts.ts'
import { normalPassword } from '../contract/shapes.ts'
import type { KnownRoom } from '../state.ts'
import { entryErrors } from '../errors.ts'

export type RoomPasswords = {
  /**
   * Whether the text from this caller is the room's password. Each verification costs an attempt of the caller at the room
   * and of their address, and a wrong one an attempt of the room's budget (rules A5, A9). The result for a password is
   * remembered, so asking again costs nothing.
   */
  of(caller: UserCaller, given: string): (room: KnownRoom) => Promise<boolean>
  /** The hash of a room's new password, within the limits of the caller and their address (rule RM5). */
  hash(caller: UserCaller, text: string): Promise<string>
}

export type RoomPasswordsDeps = {
  hashing: Pick<Passwords, 'hold'>
  attempts: Attempts
  /** A room's budget of wrong passwords is spent: tells its moderators. */
  onSpent: (room_id: string) => void
}

/** The longest `retry_after` in ms: a room's spent budget must lock nobody out (rule A9). */
const longestPause = 60_000

export function createRoomPasswords({ hashing, attempts, onSpent }: RoomPasswordsDeps): RoomPasswords {
  /** Counts an attempt (`on`: the keys of its budgets) when its turn to be hashed has come, so a request refused earlier is free. */
  async function count({ user, address }: UserCaller, on: { caller: string; address: string }): Promise<void> {
    const wait = (await attempts.byCaller(`${on.caller} ${user.id}`)) || (await attempts.byAddress(address, on.address))
    if (wait > 0) throw rateLimited(wait)
  }

  /**
   * Takes an attempt from the room's budget of wrong passwords in advance; returns how to give it back. When the budget is
   * spent, guests, who can be made at no cost, need an invitation or an account, and each account has a small budget.
   */
  async function ahead(room_id: string, { user, profile }: UserCaller): Promise<() => void> {
    const wait = await attempts.ofRoom.take(room_id)
    if (wait <= 0) return () => attempts.ofRoom.giveBack(room_id)
    onSpent(room_id)
    if (profile.guest) {
      const retry_after = Math.ceil(Math.min(wait, longestPause) / 1000)
      throw new AppError(entryErrors.account_or_invite_required, { details: { retry_after } })
    }
    const own = await attempts.byAccount(`${room_id} ${user.id}`)
    if (own > 0) throw rateLimited(Math.min(own, longestPause))
    return () => {}
  }

  async function verifyAt(room_id: string, caller: UserCaller, given: string, hash: string): Promise<boolean> {
    const taken = { giveBack() {} }
    try {
      const begin = async () => {
        await count(caller, { caller: `room ${room_id}`, address: 'room' })
        taken.giveBack = await ahead(room_id, caller)
      }
      const { ok } = await hashing.hold(({ verify }) => verify(normalPassword(given), hash, begin))
      if (ok) taken.giveBack()
      return ok
    } catch (error) {
      // A password that was not verified is not an attempt.
      taken.giveBack()
      throw error
    }
  }

  return {
    of(caller, given) {
      const known = new Map<string, Promise<boolean>>()
      return async ({ id, profile: { password: hash } }) => {
        if (hash === null) return false
        const answer = known.get(hash) ?? verifyAt(id, caller, given, hash)
        known.set(hash, answer)
        return answer
      }
    },
    hash: (caller, text) =>
      hashing.hold(({ hash }) => hash(text, () => count(caller, { caller: 'new', address: 'new' }))),
  }
}
