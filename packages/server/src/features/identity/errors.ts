import { defineErrors } from '../../core/error.ts'

/** Error codes of sign-in, accounts and guests. */
export const identityErrors = defineErrors({
  invalid_credentials: { status: 401, text: 'Wrong e-mail address or password', retry: 'never' },
  guests_not_allowed: { status: 403, text: 'Guests are not allowed here; sign in with an account', retry: 'never' },
  sender_taken: { status: 403, text: 'This name belongs to an account', retry: 'never' },
  invalid_password: { status: 403, text: 'Invalid password', retry: 'never' },
  account_exists: { status: 409, text: 'An account with this e-mail address or name already exists', retry: 'never' },
})
