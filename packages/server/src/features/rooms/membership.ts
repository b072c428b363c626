import type { CallContext } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { Attachment, Cursor, Live } from '../../room/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../room/types.ts'
import type { Identity } from '../identity/identity.ts'
import { hostRole, type KnownRoom, lobbyId } from './state.ts'
import { recordJson, type Views } from './views.ts'

/** Ms in which `join_room` is answered (rule J3). */
const joinTimeout = 5_000

/** What the lobby's visitors are instead of members (rule RM6). */
const visitorRole = 'visitor'

export type MembershipDeps = {
  engine: Pick<RoomEngine, 'commit' | 'find' | 'member'>
  live: Pick<Live, 'attach' | 'detach' | 'emit'>
  identity: Pick<Identity, 'stored'>
  timers: Timers
  views: Views
  onMember: (user: number, room: RoomRow) => void
}

/** Coming and going (rules J1 to J5). */
export function createMembership({ engine, live, identity, timers, views, onMember }: MembershipDeps) {
  const commit = (room_id: string, actor: number, action: string, op: Op) =>
    engine.commit({ room_id, actor, action, client_id: null, members_only: false, ops: [op] })

  /** Makes the caller a member unless it is one. Coming into the lobby keeps nothing (rule RM6). */
  async function join(room: KnownRoom, caller: Caller, context: CallContext) {
    const row = await engine.find(room.id)
    if (!row) throw new AppError('not_found')
    if (row.closed_at !== null) throw new AppError('room_closed')
    if (room.id === lobbyId) return { row, me: requireUser(caller), role: visitorRole }
    const me = await identity.stored(caller, context)
    const member = await engine.member(row.num, me.user.num)
    if (member) return { row, me, role: member.role }
    const user = me.user.num
    const role = user === room.host ? hostRole : 'member'
    const capacity = room.profile.settings.capacity ?? null
    const joined = await commit(room.id, user, 'rooms.join', { op: 'admit', user, role, capacity })
    onMember(user, joined.room)
    return { row: joined.room, me, role: joined.member?.role ?? role }
  }

  async function enter(room: KnownRoom, caller: Caller, cursor: Cursor, context: CallContext): Promise<string> {
    const connection_id = connectionOf(context)
    const { row, me, role } = await join(room, caller, context)
    const attachment = await live.attach(connection_id, row, cursor)
    const { member, room: now } = attachment.catchup
    if (member === null && room.id !== lobbyId) {
      // The membership was ended between the two steps.
      live.detach(connection_id, row.num, 'removed')
      throw new AppError('not_a_member')
    }
    const self = { role: member?.role ?? role, peer_id: attachment.peer_id, user_id: me.user.id }
    const json = joinedJson(await views.room(room, now), attachment, self)
    // Someone took the connection out of the room again while this was made.
    if (!attachment.begin()) throw new AppError('not_a_member')
    live.emit(connection_id, 'room_joined', json)
    return json
  }

  return {
    join,

    /** Attaches the connection and answers the text of `room_joined`; rejects with `timeout` when that takes too long. */
    attach(room: KnownRoom, caller: Caller, cursor: Cursor, context: CallContext): Promise<string> {
      return new Promise((resolve, reject) => {
        const cancel = timers.after(joinTimeout, () => reject(new AppError('timeout')))
        void enter(room, caller, cursor, context).then(resolve, reject).finally(cancel)
      })
    },

    async leave(room: KnownRoom, { user }: UserCaller): Promise<void> {
      if (user.num === 0 || room.id === lobbyId) return
      await commit(room.id, user.num, 'rooms.leave', { op: 'expel', user: user.num, by: null })
    },
  }
}

/** Actions that sockets alone can call have one. */
export function connectionOf({ connection_id }: CallContext): string {
  if (connection_id === null) throw new Error('This action came without a connection')
  return connection_id
}

function joinedJson(room: string, { catchup, events, presence }: Attachment, me: object): string {
  const log = events.map(({ seq, event, data }) => `{"seq":${seq},"event":${JSON.stringify(event)},"data":${data}}`)
  const { seq, recovered, history_before, more } = catchup
  const rest = { seq, epoch: catchup.room.epoch, recovered, ...(more === null ? {} : { more }), history_before }
  const records = catchup.records.map(recordJson)
  return (
    `{"room":${room},"events":[${log.join(',')}],"records":[${records.join(',')}],` +
    JSON.stringify({ ...rest, presence, me }).slice(1)
  )
}
