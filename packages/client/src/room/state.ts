import { ParlorError } from '../error.ts'
import { type EventPayload, type Handlers, handle, isReceived } from '../events.ts'
import type { RoomState } from '../types.ts'

export const joining: RoomState = {
  phase: 'joining',
  room: null,
  waiting_for: null,
  me: null,
  member_count: 0,
  error: null,
}

/** Whether the user is not in the room, and does not rejoin automatically (rule S6). */
export const isOut = ({ phase }: RoomState): boolean => !inPhases.includes(phase)
const inPhases: readonly RoomState['phase'][] = ['live', 'joining', 'waiting', 'catching_up']

export function joinedBy(state: RoomState, { room, me }: EventPayload<'room_joined'>): RoomState {
  return { ...state, phase: 'live', room, waiting_for: null, me, member_count: room.member_count, error: null }
}

/** The state after a refused join; a user who was in the room before was removed. */
export function refusedBy(state: RoomState, error: ParlorError): RoomState {
  const isRemoved = state.phase === 'catching_up' && (error.code === 'banned' || error.code === 'sent_out')
  const phase = error.code === 'room_closed' ? 'closed' : isRemoved ? 'removed' : 'refused'
  return { ...state, phase, waiting_for: null, error }
}

/** The state after a membership that ended meanwhile, as a missed event says or its beginning shows; else null. */
export function leftMeanwhile(state: RoomState, joined: EventPayload<'room_joined'>): RoomState | null {
  for (const missed of joined.recovered ? joined.events : []) {
    if (!isReceived(missed) || missed.event !== 'member_left') continue
    const next = handle(changesOf(state), missed)
    if (next && isOut(next)) return next
  }
  // A snapshot does not say why.
  const isAnother = state.me !== null && state.me.joined_at !== joined.me.joined_at
  return isAnother ? leftBecause(state, 'removed') : null
}

/** How live events change the room's state. */
export const changesOf = (state: RoomState): Handlers<RoomState> => ({
  room_updated: ({ room }) => (state.room ? { ...state, room: { ...state.room, ...room } } : state),
  member_joined: () => counted(state, 1),
  // Replaces the events about members in rooms with very many users.
  presence_count: ({ member_count }) => counted(state, member_count - state.member_count),
  member_left({ user, reason }) {
    const left = counted(state, -1)
    return user.id === state.me?.user_id ? leftBecause(left, reason) : left
  },
  member_changed({ user, role }) {
    if (!state.me || user.id !== state.me.user_id) return state
    return role === 'sent_out' ? sentOut(state) : { ...state, me: { ...state.me, role } }
  },
  member_languages: ({ languages }) => (state.me ? { ...state, me: { ...state.me, languages } } : state),
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
  // To wait again, the room is joined again, as in the phase `joining`.
  if (reason === 'waiting') return { ...state, phase: 'joining', me: null, error: null }
  if (reason === 'left') return { ...state, phase: 'left', error: null }
  const code = reason === 'banned' ? 'banned' : 'removed'
  return { ...state, phase: 'removed', error: new ParlorError(code, 'You were removed from this room') }
}

function counted(state: RoomState, by: number): RoomState {
  const member_count = Math.max(0, state.member_count + by)
  return { ...state, member_count, room: state.room && { ...state.room, member_count } }
}
