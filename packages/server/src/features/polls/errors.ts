import { defineErrors } from '../../core/error.ts'

/** Error codes of polls. */
export const pollErrors = defineErrors({
  polls_disabled: { status: 403, text: 'Polls are off in this room', retry: 'never' },
  poll_anonymous: { status: 403, text: 'Nobody can see who voted in this poll', retry: 'never' },
  poll_closed: { status: 409, text: 'This poll is closed', retry: 'never' },
  too_many_polls: { status: 409, text: 'This room has too many open polls; close one first', retry: 'never' },
})
