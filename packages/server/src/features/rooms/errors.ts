import { defineErrors } from '../../core/error.ts'

/** Error codes of a refused join, besides those of the engine. */
export const entryErrors = defineErrors({
  password_required: { status: 403, text: 'This room requires a password', retry: 'never' },
  account_or_invite_required: {
    status: 403,
    text: 'Too many wrong passwords were tried here; join with an invitation, or sign in with an account',
    retry: 'later',
  },
  invite_required: { status: 403, text: 'This room requires an invitation', retry: 'never' },
  invite_invalid: { status: 403, text: 'This invitation is no longer valid', retry: 'never' },
  denied: { status: 403, text: 'You were not let in', retry: 'never' },
  room_locked: { status: 403, text: 'The room is locked', retry: 'later' },
})
