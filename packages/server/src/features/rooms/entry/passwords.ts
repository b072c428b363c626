import type { UserCaller } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import { rateLimited } from '../../../platform/limiter/limiter.ts'
import type { Passwords } from '../../../platform/passwords/passwords.ts'
import type { Attempts } from './attempts.ts'
import { normalPassword } from '../shapes.ts'
import type { KnownRoom } from '../state.ts'
import { entryErrors } from '../errors.ts'

export type RoomPasswords = {
  /**
   * Whether what this caller gave is the room's password. Each look costs an attempt, of theirs at the room and of their
   * address, and a wrong one one of the room's (rules A5, A9); asked again about the same password it answers from memory.
   */
  of(caller: UserCaller, given: string): (room: KnownRoom) => Promise<boolean>
  /** The hash of a room's new password, as often as the caller and their address may set one (rule RM5). */
  hash(caller: UserCaller, text: string): Promise<string>
}

export type RoomPasswordsDeps = {
  hashing: Pick<Passwords, 'hold'>
  attempts: Attempts
  /** A room's budget of wrong passwords is spent: its moderators are to know. */
  onSpent: (room_id: string) => void
}

/** Ms that anyone is told to wait at most: what a room's budget holds locks nobody out (rule A9). */
const longestPause = 60_000

export function createRoomPasswords({ hashing, attempts, onSpent }: RoomPasswordsDeps): RoomPasswords {
  /** Counts an attempt, `on` what it is at, when its turn to be hashed has come: who is refused before has not tried. */
  async function count({ user, address }: UserCaller, on: { caller: string; address: string }): Promise<void> {
    const wait = (await attempts.byCaller(`${on.caller} ${user.id}`)) || (await attempts.byAddress(address, on.address))
    if (wait > 0) throw rateLimited(wait)
  }

  /**
   * Takes one of the room's wrong attempts ahead, for whoever tries; answers how to give it back. Over its budget guests,
   * who cost nothing, are asked for something else, and accounts have a small budget of their own.
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
      // What was not looked at was no attempt.
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
