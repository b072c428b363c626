import { ParlorError } from '../error.ts'
import type { EventPayload, Handlers } from '../events.ts'
import type { RoomState } from '../types.ts'

export const joining: RoomState = {
  phase: 'joining',
  room: null,
  waiting_for: null,
  me: null,
  member_count: 0,
  error: null,
}

/** Whether one is not in the room, and does not come back by itself (rule S6). */
export const isOut = ({ phase }: RoomState): boolean => phase !== 'live' && !isOnTheWay(phase)
const isOnTheWay = (phase: RoomState['phase']) => phase === 'joining' || phase === 'waiting' || phase === 'catching_up'

export function joinedBy(state: RoomState, { room, me }: EventPayload<'room_joined'>): RoomState {
  return { ...state, phase: 'live', room, waiting_for: null, me, member_count: room.member_count, error: null }
}

/** Where a join that was refused leads, from having been in the room or not. */
export function refusedBy(state: RoomState, error: ParlorError): RoomState {
  const isRemoved = state.phase === 'catching_up' && (error.code === 'banned' || error.code === 'sent_out')
  const phase = error.code === 'room_closed' ? 'closed' : isRemoved ? 'removed' : 'refused'
  return { ...state, phase, waiting_for: null, error }
}

/** What the log's events, heard live, change of the room's state. */
export const changesOf = (state: RoomState): Handlers<RoomState> => ({
  room_updated: ({ room }) => (state.room ? { ...state, room: { ...state.room, ...room } } : state),
  member_joined: () => counted(state, 1),
  // In a crowd, instead of the events of members.
  presence_count: ({ member_count }) => counted(state, member_count - state.member_count),
  member_left({ user, reason }) {
    const left = counted(state, -1)
    return user.id === state.me?.user_id ? leftBecause(left, reason) : left
  },
  member_changed({ user, role }) {
    if (!state.me || user.id !== state.me.user_id) return state
    return role === 'sent_out' ? sentOut(state) : { ...state, me: { ...state.me, role } }
  },
  room_closed: () => ({
    ...state,
    phase: 'closed',
    error: new ParlorError('room_closed', 'The room has been closed'),
  }),
})

const sentOut = (state: RoomState): RoomState => ({
  ...state,
  phase: 'removed',
  error: new ParlorError('sent_out', 'You were sent out of this room for a while'),
})

function leftBecause(state: RoomState, reason: EventPayload<'member_left'>['reason']): RoomState {
  // To wait again it is joined again, which is what the room does for who is on the way into it.
  if (reason === 'waiting') return { ...state, phase: 'joining', me: null, error: null }
  if (reason === 'left') return { ...state, phase: 'left', error: null }
  const code = reason === 'banned' ? 'banned' : 'removed'
  return { ...state, phase: 'removed', error: new ParlorError(code, 'You were removed from this room') }
}

function counted(state: RoomState, by: number): RoomState {
  const member_count = Math.max(0, state.member_count + by)
  return { ...state, member_count, room: state.room && { ...state.room, member_count } }
}
