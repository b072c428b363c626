import type { ReadContext, RunContext } from '../../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { assertScope } from '../../../core/key-rights.ts'
import { type Op, type RoomEngine, type RoomRow, sentOutRole } from '../../../room/types.ts'
import type { Identity } from '../../identity/identity.ts'
import { admission, type JoinFacts } from './access.ts'
import type { Catalog } from '../profile/catalog.ts'
import { banRecord, sentOutRecord, waitingRecord } from '../contract/events.ts'
import type { Invites, ValidInvite } from './invites.ts'
import type { RoomPasswords } from './passwords.ts'
import { msUntilReturn, sentOutError, type StandInModeration } from '../people/stand-in-moderation.ts'
import { hostRole, type KnownRoom, lobbyId, visitorRole } from '../state.ts'
import type { RoomsStore } from '../store.ts'
import type { WaitingConnections } from '../waiting/connections.ts'
import type { ReserveWaiting } from '../waiting/reservations.ts'
import { joinWaitingList } from '../waiting/records.ts'
import { entryErrors } from '../errors.ts'
import { roomErrors } from '../../../room/errors.ts'

/** The password or invite code with which a user joins a private room. */
export type JoinCredentials = { password?: string | null | undefined; invite?: string | null | undefined }

export type Joined = { row: RoomRow; me: UserCaller; role: string; waits: boolean }

export type JoiningDeps = {
  engine: Pick<RoomEngine, 'commit' | 'member'>
  catalog: Pick<Catalog, 'commit' | 'current'>
  store: Pick<RoomsStore, 'recordsAbout'>
  moderation: Pick<StandInModeration, 'comeBack'>
  clock: Clock
  reserve: ReserveWaiting
  waitingConnections: Pick<WaitingConnections, 'seen'>
  identity: Pick<Identity, 'stored'>
  invites: Pick<Invites, 'find' | 'use'>
  passwords: Pick<RoomPasswords, 'of'>
  onMember: (user: number, room: RoomRow) => void
}

/** How a user becomes a member, or starts to wait (rules A1 to A7, W5). */
export function createJoining(deps: JoiningDeps) {
  const {
    engine,
    catalog,
    store,
    moderation,
    clock,
    identity,
    invites,
    passwords,
    reserve,
    waitingConnections,
    onMember,
  } = deps

  /** Gives a member with the role `guest` who now has an account the role `member` (rule P4). */
  async function roleOfMember(
    { id }: RoomRow,
    role: string,
    { user, profile }: UserCaller,
    queued: RunContext['queued'],
  ): Promise<string> {
    if (role !== 'guest' || profile.guest) return role
    const op: Op = { op: 'role', user: user.num, role: 'member', by: null }
    const call = { room_id: id, actor: user.num, action: 'rooms.join', client_id: null, members_only: true, queued }
    await engine.commit({ ...call, ops: [op] })
    return 'member'
  }

  /** Decides by the cached room; the commit requires that it is unchanged. Rejects with the reason of a refusal. */
  async function decide(
    room: KnownRoom,
    row: RoomRow,
    me: UserCaller,
    credentials: JoinCredentials,
    right: PasswordOf,
  ) {
    const { num, id } = me.user
    const { host, owner, settings } = room.profile
    const invite = credentials.invite == null ? null : await invites.find(room, credentials.invite)
    const about = await store.recordsAbout(room.num, [banRecord, sentOutRecord, waitingRecord], id)
    const kept = msUntilReturn(about.get(sentOutRecord.name), clock.now())
    const asked: JoinFacts = {
      member: null,
      isHost: num === host || num === owner,
      isBanned: about.has(banRecord.name),
      isSentOut: kept > 0,
      isFull: row.member_count >= (settings.capacity ?? Number.POSITIVE_INFINITY),
      invite: credentials.invite == null ? 'none' : invite ? 'holds' : 'bad',
      password: credentials.password == null ? 'none' : 'unchecked',
    }
    let verdict = admission(room, asked)
    if (verdict === 'check_password' || verdict === entryErrors.password_required) {
      // A waiting user calls again to stay on the list; the password is not checked again for that (rule W4).
      if (settings.waiting && about.has(waitingRecord.name)) verdict = admission(room, { ...asked, password: 'right' })
    }
    if (verdict === 'check_password') {
      verdict = admission(room, { ...asked, password: (await right(room)) ? 'right' : 'wrong' })
    }
    if (verdict === 'in' || verdict === 'wait') return { waits: verdict === 'wait', invite, isHost: asked.isHost }
    if (verdict === roomErrors.sent_out) throw sentOutError(kept)
    throw new AppError(verdict === 'check_password' ? 'internal' : verdict)
  }

  async function enter(
    row: RoomRow,
    caller: UserCaller,
    credentials: JoinCredentials,
    context: ReadContext,
  ): Promise<Joined> {
    const { permit, queued } = context
    const isRight = passwords.of(caller, credentials.password ?? '')
    // Outside the turn, since it may wait long in the hashing queue.
    const right: PasswordOf = (room) => permit.aside(() => isRight(room))
    using reservation = reserve(row.num, caller)
    let waits = false
    const { room, member, records } = await catalog.commit(row.id, queued, async (known) => {
      const decision = await decide(known, row, caller, credentials, right)
      waits = decision.waits
      if (waits) await reservation.take()
      const ops = waits ? joinWaitingList(known, caller.profile) : opsToAdmit(known, caller, decision, invites)
      return { actor: caller.user.num, action: 'rooms.join', client_id: null, members_only: false, ops }
    })
    if (member) onMember(member.user, room)
    // A user who is on the list already gets the full time again (rule W4).
    else if (waits && records.length === 0) await waitingConnections.seen([{ room: row.num, user_id: caller.user.id }])
    return { row: room, me: caller, role: member?.role ?? 'member', waits: waits && !member }
  }

  return async function join(
    room_id: string,
    caller: Caller,
    credentials: JoinCredentials,
    context: ReadContext,
  ): Promise<Joined> {
    const { row } = await catalog.current(room_id)
    if (row.closed_at !== null) throw new AppError(roomErrors.room_closed)
    if (room_id === lobbyId) return { row, me: requireUser(caller), role: visitorRole, waits: false }
    const me = await identity.stored(caller, context)
    const member = await engine.member(row.num, me.user.num)
    if (member && member.role !== sentOutRole) {
      return { row, me, role: await roleOfMember(row, member.role, me, context.queued), waits: false }
    }
    // A key that only reads makes its user no member.
    assertScope('members:write', me)
    if (!member) return enter(row, me, credentials, context)
    const role = await moderation.comeBack(row, me, context.queued)
    onMember(me.user.num, row)
    return { row, me, role, waits: false }
  }
}

type PasswordOf = (room: KnownRoom) => Promise<boolean>
type Decision = { invite: ValidInvite | null; isHost: boolean }

/** A host who rejoins is host again, whatever changed in the room meanwhile (rule A2). */
function opsToAdmit(
  room: KnownRoom,
  { user, profile }: UserCaller,
  { invite, isHost }: Decision,
  invites: Pick<Invites, 'use'>,
) {
  const plain = profile.guest ? 'guest' : 'member'
  const invited = invite && invite.role !== 'member' ? invite.role : plain
  const role = user.num === room.profile.host ? hostRole : invited
  const capacity = isHost ? null : (room.profile.settings.capacity ?? null)
  const ops: Op[] = [
    ...(invite && !isHost ? [invites.use(invite)] : []),
    { op: 'remove', type: waitingRecord, key: user.id },
    { op: 'admit', user: user.num, role, capacity },
  ]
  return ops
}
