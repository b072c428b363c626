import { z } from 'zod'
import { type ActionContract, defineActions, plainText } from '../../../core/contract.ts'
import { identityErrors } from '../errors.ts'
import { identityRates } from '../limits.ts'
import { personName } from './person.ts'
import { done, halfDay, hour, revoked, signedIn, withDevice } from './shapes.ts'

const { guests_not_allowed, invalid_credentials } = identityErrors

const session = z
  .object({
    id: z.string(),
    created_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    user_agent: z.string().nullable(),
    address: z.string().nullable(),
    current: z.boolean(),
  })
  .meta({ title: 'Session' })

export const sessionActions = defineActions({
  'identity.signInGuest': {
    summary: 'Signs in as a guest under a name, without an account.',
    input: z.object({ name: personName }),
    output: signedIn,
    http: [{ method: 'POST', path: '/api/auth/guest', status: 201 }],
    caller: 'anyone',
    scope: 'none',
    limit: identityRates.guest,
    creates: 'secret',
    errors: [guests_not_allowed],
  },
  'identity.login': {
    summary: 'Signs in to an account with its e-mail address, or its username, and its password.',
    input: hour.login,
    output: withDevice,
    http: [
      { method: 'POST', path: '/api/auth/login' },
      { method: 'POST', path: '/api/login', accepts: halfDay.login },
    ],
    caller: 'anyone',
    scope: 'none',
    limit: identityRates.sign_in,
    errors: [invalid_credentials],
  },
  'identity.refresh': {
    summary: 'Exchanges a refresh token for new tokens; each can be used once.',
    input: z.object({ refresh_token: z.string().max(4096) }),
    output: signedIn,
    http: [{ method: 'POST', path: '/api/auth/refresh', bearer: 'refresh_token' }],
    caller: 'anyone',
    scope: 'none',
    limit: 'write',
    errors: ['token_invalid'],
  },
  'identity.logout': {
    summary: "Ends the caller's session, with its sockets and streams.",
    input: z.object({}),
    output: done,
    http: [
      { method: 'POST', path: '/api/auth/logout' },
      { method: 'POST', path: '/api/logout' },
    ],
    caller: 'user',
    scope: 'none',
    limit: 'write',
    errors: [],
  },
  'identity.sessions': {
    summary: "The caller's sessions, the one used last first.",
    input: z.object({}),
    output: z.object({ items: z.array(session), next_cursor: z.null() }),
    http: [{ method: 'GET', path: '/api/auth/sessions' }],
    caller: 'user',
    scope: 'none',
    limit: 'read',
    errors: [],
  },
  'identity.revokeSession': {
    summary: "Ends one of the caller's sessions.",
    input: z.object({ id: plainText(128) }),
    output: done,
    http: [{ method: 'DELETE', path: '/api/auth/sessions/:id' }],
    caller: 'user',
    scope: 'none',
    limit: 'write',
    errors: ['not_found'],
  },
  'identity.revokeOtherSessions': {
    summary: "Ends all of the caller's sessions but this one.",
    input: z.object({}),
    output: revoked,
    http: [{ method: 'DELETE', path: '/api/auth/sessions' }],
    caller: 'user',
    scope: 'none',
    limit: 'write',
    errors: [],
  },
} satisfies Record<string, ActionContract>)
