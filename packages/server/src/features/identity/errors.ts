import { defineErrors } from '../../core/error.ts'

/** Error codes of sign-in, accounts and guests. */
export const identityErrors = defineErrors({
  invalid_credentials: { status: 401, text: 'Wrong e-mail address or password', retry: 'never' },
  guests_not_allowed: { status: 403, text: 'Guests are not allowed here; sign in with an account', retry: 'never' },
  sender_taken: { status: 403, text: 'This name belongs to an account', retry: 'never' },
  invalid_password: { status: 403, text: 'Invalid password', retry: 'never' },
  setup_token_invalid: {
    status: 403,
    text: 'This setup link is not valid any more; the server prints a new one at each start',
    retry: 'never',
  },
  registration_closed: { status: 403, text: 'Nobody can make an account here; ask an administrator', retry: 'never' },
  invitation_needed: { status: 403, text: 'Open the invite link of a room to make an account', retry: 'never' },
  already_set_up: { status: 409, text: 'This server is set up already', retry: 'never' },
  last_administrator: { status: 409, text: 'Make someone else an administrator first', retry: 'never' },
  too_many_keys: {
    status: 409,
    text: 'You have as many API keys as are allowed; revoke one first',
    retry: 'never',
  },
  account_exists: { status: 409, text: 'An account with this e-mail address or name already exists', retry: 'never' },
})
