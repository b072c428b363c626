import { AppError, defineErrors } from '../core/error.ts'

/** Why the room engine refuses a commit, an attachment, a signal, or a read for members only. */
export const roomErrors = defineErrors({
  not_a_member: { status: 403, text: 'Join the room first', retry: 'never' },
  banned: { status: 403, text: 'You are banned from this room', retry: 'never' },
  sent_out: {
    status: 403,
    text: 'You were sent out of this room; try again when a host is here, or later',
    retry: 'later',
  },
  unreachable: { status: 404, text: 'The other user is not connected', retry: 'never' },
  room_full: { status: 409, text: 'The room is full', retry: 'later' },
  room_exists: { status: 409, text: 'A room with this id already exists', retry: 'never' },
  record_limit: { status: 409, text: 'The shared state of this room has reached its limit', retry: 'never' },
  too_many_rooms: { status: 409, text: 'This connection has joined the maximum number of rooms', retry: 'never' },
  room_closed: { status: 410, text: 'The room has been closed', retry: 'never' },
})

/** The room was revised since the call was planned (rule C11): it can be planned again. */
export class StaleCommit extends AppError {
  constructor() {
    super('conflict')
  }
}
