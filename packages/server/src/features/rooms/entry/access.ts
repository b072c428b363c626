import type { Caller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import { type Member, type RoomEngine, type RoomRow, sentOutRole } from '../../../room/types.ts'
import type { Catalog } from '../profile/catalog.ts'
import { banRecord, sentOutRecord } from '../contract/events.ts'
import { type Permission, refusal } from '../permissions/permissions.ts'
import { msUntilReturn, sentOutError } from '../people/stand-in-moderation.ts'
import { isMembersOnly, type KnownRoom, lobbyId } from '../state.ts'
import type { RoomsStore } from '../store.ts'
import { entryErrors } from '../errors.ts'
import { identityErrors } from '../../identity/contract.ts'
import { roomErrors } from '../../../room/errors.ts'

/** The facts about a user who asks to join. */
export type JoinFacts = {
  member: Member | null
  /** The room's host or owner, member or not. */
  isHost: boolean
  isBanned: boolean
  /** Sent out by a stand-in, until the owner or a co-host is back (rule HO6). */
  isSentOut: boolean
  isFull: boolean
  invite: 'none' | 'holds' | 'bad'
  password: 'none' | 'unchecked' | 'right' | 'wrong'
}

/** `check_password`: every other check passed, so the password is worth the cost of hashing. */
export type Admission = 'in' | 'wait' | 'check_password' | Failure

/** Whether a user may join an open room: the checks in their order (rules A1 to A6). */
export function admission({ profile }: Pick<KnownRoom, 'profile'>, asked: JoinFacts): Admission {
  if (asked.isBanned) return roomErrors.banned
  if (asked.isSentOut) return roomErrors.sent_out
  if (asked.member || asked.isHost) return 'in'
  if (profile.settings.locked) return entryErrors.room_locked
  if (asked.invite === 'holds') return 'in'
  if (profile.is_private && asked.invite === 'bad') return entryErrors.invite_invalid
  if (profile.password !== null) {
    if (asked.password === 'none') return entryErrors.password_required
    if (asked.password === 'unchecked') return 'check_password'
    if (asked.password === 'wrong') return identityErrors.invalid_password
  } else if (profile.is_private) return entryErrors.invite_required
  if (asked.isFull) return roomErrors.room_full
  return profile.settings.waiting ? 'wait' : 'in'
}

export type AccessDeps = {
  engine: Pick<RoomEngine, 'member'>
  catalog: Pick<Catalog, 'current'>
  store: Pick<RoomsStore, 'recordsAbout'>
  clock: Clock
}

/** A room as a caller may see it; `keptOut`: why they see only its short form (rule RM8), null: they may read it. */
export type VisibleRoom = { room: KnownRoom; row: RoomRow; keptOut: AppError | null }

export type Access = {
  /** Rejects with `not_found`. */
  see(caller: Caller, room_id: string): Promise<VisibleRoom>
  /** The check before every read of a room: rejects with `not_found`, `not_authenticated`, `not_a_member`, `banned`, `sent_out` (rule RM9). */
  readable(caller: Caller, room_id: string): Promise<RoomRow>
  /**
   * The room, for an action in it that does not join it: rejects with `not_found`, `room_closed`, `banned`, and for a caller
   * who is not a member with the code that would refuse them to join (rule A8).
   */
  enterable(caller: Caller, room_id: string): Promise<{ room: KnownRoom; member: Member | null }>
  /** A rule for actions: the caller has this permission in the room. The commit checks it again (rule P2). */
  may(permission: Permission): (caller: Caller, input: { room_id: string }) => Promise<true | Failure>
}

export function createAccess({ engine, catalog, store, clock }: AccessDeps): Access {
  const memberOf = async (caller: Caller, room: number): Promise<Member | null> =>
    caller.kind === 'user' && caller.user.num !== 0 ? engine.member(room, caller.user.num) : null

  /** Whether the caller is banned, and for how many ms they are still sent out. */
  async function against(caller: Caller, room: number): Promise<{ isBanned: boolean; outFor: number }> {
    if (caller.kind !== 'user' || caller.user.num === 0) return { isBanned: false, outFor: 0 }
    const about = await store.recordsAbout(room, [banRecord, sentOutRecord], caller.user.id)
    return { isBanned: about.has(banRecord.name), outFor: msUntilReturn(about.get(sentOutRecord.name), clock.now()) }
  }

  /** Why the caller may not read the room; null when they may. A banned or sent-out user may not read even a public room. */
  async function keptOutOf({ num, profile }: KnownRoom, caller: Caller): Promise<AppError | null> {
    const member = await memberOf(caller, num)
    if (member && member.role !== sentOutRole) return null
    if (!member && isMembersOnly(profile)) return notIn(caller)
    const { isBanned, outFor } = await against(caller, num)
    if (isBanned) return new AppError(roomErrors.banned)
    return outFor > 0 ? sentOutError(outFor) : null
  }

  async function see(caller: Caller, room_id: string): Promise<VisibleRoom> {
    const { room, row } = await catalog.current(room_id)
    return { room, row, keptOut: isOpenToAll(room) ? null : await keptOutOf(room, caller) }
  }

  return {
    see,
    async readable(caller, room_id) {
      const { row, keptOut } = await see(caller, room_id)
      if (keptOut) throw keptOut
      return row
    },
    async enterable(caller, room_id) {
      const { room, row } = await catalog.current(room_id)
      if (row.closed_at !== null) throw new AppError(roomErrors.room_closed)
      const member = await memberOf(caller, room.num)
      const { isBanned, outFor } = await against(caller, room.num)
      const verdict = admission(room, {
        ...{ member, isHost: false, invite: 'none', password: 'none', isBanned, isSentOut: outFor > 0 },
        isFull: row.member_count >= (room.profile.settings.capacity ?? Number.POSITIVE_INFINITY),
      })
      if (verdict === 'in') return { room, member }
      if (verdict === roomErrors.sent_out) throw sentOutError(outFor)
      if (verdict !== roomErrors.banned && room.profile.is_private) throw notIn(caller)
      // In a public room `wait` is the only verdict that is not an error code.
      throw verdict === 'wait' || verdict === 'check_password'
        ? new AppError(roomErrors.not_a_member)
        : new AppError(verdict)
    },
    may:
      (permission) =>
      async (caller, { room_id }) => {
        const { room } = await catalog.current(room_id)
        if (room.id === lobbyId) return 'forbidden'
        return refusal(await memberOf(caller, room.num), permission, room.profile) ?? true
      },
  }
}

/** Most public rooms: everyone may read them, so the database is not asked about the caller. */
const isOpenToAll = ({ id, profile, mayKeepOut }: KnownRoom): boolean =>
  id === lobbyId || (!mayKeepOut && !isMembersOnly(profile))

/** The refusal to read a room that only members may read. */
const notIn = ({ kind }: Caller): AppError =>
  new AppError(kind === 'user' ? roomErrors.not_a_member : 'not_authenticated')
