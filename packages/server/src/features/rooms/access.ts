import type { Caller } from '../../core/caller.ts'
import type { ErrorCode } from '../../core/error.ts'
import { AppError } from '../../core/error.ts'
import type { Member, RoomEngine, RoomRow } from '../../room/types.ts'
import type { Catalog } from './catalog.ts'
import { banRecord } from './contract-events.ts'
import { type Permission, refusal } from './permissions.ts'
import { type KnownRoom, lobbyId } from './state.ts'
import type { RoomsStore } from './store.ts'

/** What is known of someone who asks to come in. */
export type Asked = {
  member: Member | null
  /** The room's host or owner, member or not. */
  isHost: boolean
  isBanned: boolean
  isFull: boolean
  invite: 'none' | 'holds' | 'bad'
  password: 'none' | 'unchecked' | 'right' | 'wrong'
}

/** `check_password`: all else is in order, and checking it is worth its cost. */
export type Admission = 'in' | 'wait' | 'check_password' | ErrorCode

/** Whether someone comes into a room that is open: the guards in their order (rules A1 to A6). */
export function admission({ profile }: Pick<KnownRoom, 'profile'>, asked: Asked): Admission {
  if (asked.isBanned) return 'banned'
  if (asked.member || asked.isHost) return 'in'
  if (profile.settings.locked) return 'room_locked'
  if (asked.invite === 'holds') return 'in'
  if (profile.is_private && asked.invite === 'bad') return 'invite_invalid'
  if (profile.password !== null) {
    if (asked.password === 'none') return 'password_required'
    if (asked.password === 'unchecked') return 'check_password'
    if (asked.password === 'wrong') return 'invalid_password'
  } else if (profile.is_private) return 'invite_required'
  if (asked.isFull) return 'room_full'
  return profile.settings.waiting ? 'wait' : 'in'
}

export type AccessDeps = {
  engine: Pick<RoomEngine, 'member'>
  catalog: Pick<Catalog, 'current'>
  store: Pick<RoomsStore, 'record'>
}

/** A room as someone may see it; `isOpen` false: only that it is there (rule RM8). */
export type Seen = { room: KnownRoom; row: RoomRow; isOpen: boolean }

export type Access = {
  /** Rejects with `not_found`. */
  see(caller: Caller, room_id: string): Promise<Seen>
  /** The one gate for all who read a room: rejects with `not_found`, `not_authenticated`, `not_a_member` (rule RM9). */
  readable(caller: Caller, room_id: string): Promise<RoomRow>
  /**
   * The room for what is done in it without joining: rejects with `not_found`, `room_closed`, `banned`, and for who is no
   * member with what would keep them out of it (rule A8).
   */
  enterable(caller: Caller, room_id: string): Promise<{ room: KnownRoom; member: Member | null }>
  /** A rule for actions: the caller has this permission there. The commit asks it again (rule P2). */
  may(permission: Permission): (caller: Caller, input: { room_id: string }) => Promise<true | ErrorCode>
}

export function createAccess({ engine, catalog, store }: AccessDeps): Access {
  const memberOf = async (caller: Caller, room: number): Promise<Member | null> =>
    caller.kind === 'user' && caller.user.num !== 0 ? engine.member(room, caller.user.num) : null

  async function see(caller: Caller, room_id: string): Promise<Seen> {
    const { room, row } = await catalog.current(room_id)
    const isOpen = !room.profile.is_private || (await memberOf(caller, room.num)) !== null
    return { room, row, isOpen }
  }

  return {
    see,
    async readable(caller, room_id) {
      const { row, isOpen } = await see(caller, room_id)
      if (isOpen) return row
      throw keptOut(caller)
    },
    async enterable(caller, room_id) {
      const { room, row } = await catalog.current(room_id)
      if (row.closed_at !== null) throw new AppError('room_closed')
      const member = await memberOf(caller, room.num)
      const verdict = admission(room, {
        ...{ member, isHost: false, invite: 'none', password: 'none' },
        isBanned: caller.kind === 'user' && (await store.record(room.num, banRecord.name, caller.user.id)) !== null,
        isFull: row.member_count >= (room.profile.settings.capacity ?? Number.POSITIVE_INFINITY),
      })
      if (verdict === 'in') return { room, member }
      if (verdict !== 'banned' && room.profile.is_private) throw keptOut(caller)
      // Of a public room it is `wait` alone that is no code.
      throw verdict === 'wait' || verdict === 'check_password' ? new AppError('not_a_member') : new AppError(verdict)
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

/** What someone is told of a private room in which they are no member. */
const keptOut = ({ kind }: Caller): AppError => new AppError(kind === 'user' ? 'not_a_member' : 'not_authenticated')
