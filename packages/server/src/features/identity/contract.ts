import { z } from 'zod'
import { type ActionContract, defineActions, type EphemeralType, plainText } from '../../core/contract.ts'
import type { Profile } from '../../core/caller.ts'
import { storedObject } from '../../core/stored.ts'
import { nameText } from '../../core/text/name.ts'
import { identityBounds } from './bounds.ts'
import { isPlausibleEmail, passwordFault, usernameFault } from './accounts/password-rules.ts'
import { systemProfile } from '../../room/people.ts'
import { registrations } from '../server/contract.ts'
import { isReserved } from './state.ts'
import { identityErrors } from './errors.ts'
import { identityRates } from './limits.ts'

export { identityRates } from './limits.ts'

export { identityErrors } from './errors.ts'

const { account_exists, guests_not_allowed, invalid_credentials, invalid_password } = identityErrors
const { already_set_up, invitation_needed, last_administrator, registration_closed, setup_token_invalid } =
  identityErrors

/** The `sender` label of a caller without a token: a name by rule G1; reserved names are refused later (rules G5, G7). */
export const senderName = nameText(identityBounds.person_name.value)
/** What a person may be called: rules G1 and G7. */
export const personName = nameText(identityBounds.person_name.value).refine(
  (name) => !isReserved(name),
  'This name is reserved for the server itself',
)

/** What others see of a person: rule P1. */
export const personSchema = z
  .object({ id: z.string(), name: z.string(), avatar_url: z.string().nullable(), guest: z.boolean() })
  .meta({ title: 'Person', description: 'What others see of a person.' })

/** The person in a profile's JSON text; the server's own profile if the text cannot be read. */
export function personIn(json: string): Profile {
  const parsed = personSchema.safeParse(storedObject(json))
  return parsed.success ? parsed.data : systemProfile
}

const user = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string().nullable(),
    guest: z.boolean(),
    admin: z.boolean().describe('Whether the user administers this server.'),
    avatar_url: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ title: 'User', description: 'The user who is signed in.' })

/** The caller as they see themselves: rule P2. */
const me = user
  .extend({ external_ids: z.record(z.string(), z.string()) })
  .meta({ title: 'OwnUser', description: 'The caller, with the identities of other services that belong to them.' })

const tokens = {
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.int().describe('Seconds until the access token expires.'),
}
const signedIn = z.object({ user, ...tokens }).meta({ title: 'SignedIn' })
/** Rule A11. */
const withDevice = signedIn
  .extend({
    device_token: z
      .string()
      .describe(
        'Send it with the next sign-in from this device, so that password guesses made elsewhere do not lock it out.',
      ),
  })
  .meta({ title: 'SignedInWithDevice' })
const device_token = z
  .string()
  .max(256)
  .nullish()
  .describe('The `device_token` from an earlier sign-in on this device.')
const done = z.object({ ok: z.literal(true) })
const revoked = done.extend({ revoked: z.int().describe('How many sessions have ended.') })

/** Rule A2. */
const emailText = plainText(identityBounds.email.value, { trim: true })
const email = emailText.refine(isPlausibleEmail, 'This is not an e-mail address').meta({ format: 'email' })
/** A new password as the documents describe it; `passwordFault` checks it together with the name (rule A3). */
const newPassword = z
  .string()
  .meta({ minLength: identityBounds.password_min.value, maxLength: identityBounds.password.value })
/** A password to compare: one stored under earlier rules must be accepted here. */
const givenPassword = z.string().min(1, 'This must not be empty').max(1024, 'This is too long')

/** Where accounts need an invitation (rule AD5). */
const invite = z
  .object({ room_id: plainText(128), code: z.string().max(128) })
  .nullish()
  .describe('The room and the code of an invite link, where only invited people may make an account.')

/** Rules A2 and A3, wherever an account is made. */
function checkAccount(given: { email: string; password: string; username: string }, check: z.RefinementCtx): void {
  const faults = { password: passwordFault(given.password, given), username: usernameFault(given.username) }
  for (const [field, message] of Object.entries(faults)) {
    if (message) check.addIssue({ code: 'custom', path: [field], message })
  }
}

/** Tokens of routes that give no refresh token last longer (rule T4); the path decides, and tells the handler. */
const lasting = (door: 'hour' | 'half_day') => {
  const credentials = z.object({ email: emailText, password: givenPassword, device_token })
  const account = z
    .object({ email, password: newPassword, username: personName, device_token, invite })
    .superRefine(checkAccount)
  return {
    login: credentials.transform((given) => ({ ...given, lasts: door })),
    register: account.transform((given) => ({ ...given, lasts: door })),
  }
}
const hour = lasting('hour')
const halfDay = lasting('half_day')

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

const accountActions = defineActions({
  'identity.register': {
    summary: 'Makes an account. A guest who calls it becomes the account and keeps their rooms and messages.',
    input: hour.register,
    output: withDevice,
    http: [
      { method: 'POST', path: '/api/auth/register', status: 201 },
      { method: 'POST', path: '/api/register', status: 201, accepts: halfDay.register },
    ],
    caller: 'anyone',
    limit: identityRates.sign_in,
    creates: 'secret',
    errors: [account_exists, registration_closed, invitation_needed, 'conflict'],
  },
  'identity.me': {
    summary: 'Who the caller is.',
    input: z.object({}),
    output: me,
    http: [
      { method: 'GET', path: '/api/auth/me' },
      { method: 'GET', path: '/api/me' },
    ],
    caller: 'user',
    limit: 'read',
    errors: [],
  },
} satisfies Record<string, ActionContract>)

const sessionActions = defineActions({
  'identity.signInGuest': {
    summary: 'Signs in as a guest under a name, without an account.',
    input: z.object({ name: personName }),
    output: signedIn,
    http: [{ method: 'POST', path: '/api/auth/guest', status: 201 }],
    caller: 'anyone',
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
    limit: identityRates.sign_in,
    errors: [invalid_credentials],
  },
  'identity.refresh': {
    summary: 'Exchanges a refresh token for new tokens; each can be used once.',
    input: z.object({ refresh_token: z.string().max(4096) }),
    output: signedIn,
    http: [{ method: 'POST', path: '/api/auth/refresh', bearer: 'refresh_token' }],
    caller: 'anyone',
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
    limit: 'write',
    errors: [],
  },
  'identity.sessions': {
    summary: "The caller's sessions, the one used last first.",
    input: z.object({}),
    output: z.object({ items: z.array(session), next_cursor: z.null() }),
    http: [{ method: 'GET', path: '/api/auth/sessions' }],
    caller: 'user',
    limit: 'read',
    errors: [],
  },
  'identity.revokeSession': {
    summary: "Ends one of the caller's sessions.",
    input: z.object({ id: plainText(128) }),
    output: done,
    http: [{ method: 'DELETE', path: '/api/auth/sessions/:id' }],
    caller: 'user',
    limit: 'write',
    errors: ['not_found'],
  },
  'identity.revokeOtherSessions': {
    summary: "Ends all of the caller's sessions but this one.",
    input: z.object({}),
    output: revoked,
    http: [{ method: 'DELETE', path: '/api/auth/sessions' }],
    caller: 'user',
    limit: 'write',
    errors: [],
  },
} satisfies Record<string, ActionContract>)

const profileActions = defineActions({
  'identity.updateMe': {
    summary: 'Changes the name or (with the password) the e-mail address, or takes the picture away.',
    input: z.object({
      username: personName.optional(),
      email: email.optional(),
      password: givenPassword.optional().describe('Needed to change the e-mail address.'),
      avatar_url: z
        .null('A picture elsewhere is not taken: everyone who sees it would tell that server so')
        .optional()
        .describe('Null removes the picture. Pictures must be uploaded to this server, which is not possible yet.'),
    }),
    output: me,
    http: [{ method: 'PATCH', path: '/api/auth/me' }],
    caller: 'user',
    limit: 'write',
    errors: [account_exists, 'forbidden', invalid_password],
  },
  'identity.rename': {
    summary: 'Changes the name.',
    input: z.object({ username: personName }),
    output: me,
    http: [
      { method: 'POST', path: '/api/update-username' },
      { method: 'POST', path: '/api/user/update-username' },
    ],
    caller: 'user',
    limit: 'write',
    errors: [account_exists],
  },
  'identity.changePassword': {
    summary: "Changes the account's password and ends its other sessions.",
    input: z.object({ old_password: givenPassword, new_password: newPassword }),
    output: revoked,
    http: [
      { method: 'POST', path: '/api/change-password' },
      { method: 'POST', path: '/api/user/change-password' },
      { method: 'POST', path: '/api/auth/change-password' },
    ],
    caller: 'user',
    limit: 'write',
    errors: ['forbidden', invalid_password, 'conflict'],
  },
  'identity.deleteAccount': {
    summary: 'Deletes the caller: what they wrote stays, without a name.',
    input: z.object({ password: givenPassword.nullish().describe('Needed where the account has one.') }),
    output: done,
    http: [
      { method: 'POST', path: '/api/delete-account' },
      { method: 'POST', path: '/api/user/delete-account' },
    ],
    caller: 'user',
    limit: 'write',
    errors: [invalid_password, last_administrator, 'conflict'],
  },
} satisfies Record<string, ActionContract>)

const administratorActions = defineActions({
  'identity.setUp': {
    summary: 'Gives the server to its first administrator, who chooses its name and who may come.',
    input: z
      .object({
        token: z.string().max(128).describe('From the address that the server prints at each start until then.'),
        email,
        username: personName,
        password: newPassword,
        server_name: nameText(identityBounds.person_name.value),
        registration: z.enum(registrations).describe('Who may make an account.'),
        guests: z.boolean().describe('Whether guests may sign in.'),
        lobby: z.boolean().describe('Whether there is a lobby.'),
      })
      .superRefine(checkAccount),
    output: withDevice,
    http: [{ method: 'POST', path: '/api/setup', status: 201 }],
    caller: 'anyone',
    limit: identityRates.sign_in,
    creates: 'secret',
    errors: [setup_token_invalid, already_set_up, account_exists, invalid_credentials, 'conflict'],
  },
  'identity.setAdministrator': {
    summary: 'Makes an account an administrator of the server, or takes that back.',
    input: z.object({ user_id: plainText(128), admin: z.boolean() }),
    output: user,
    http: [{ method: 'PATCH', path: '/api/admin/users/:user_id' }],
    caller: 'admin',
    limit: 'write',
    errors: ['not_found', last_administrator],
  },
} satisfies Record<string, ActionContract>)

export const identityActions = { ...accountActions, ...sessionActions, ...profileActions, ...administratorActions }

export const identityEphemerals: readonly EphemeralType[] = [
  {
    name: 'connected',
    to: 'connection',
    summary: 'The first event on every socket: who you are here, and for a guest the token to come back with.',
    payload: z.object({
      sid: z.string(),
      user: personSchema,
      server_time: z.iso.datetime(),
      protocol: z.int(),
      access_token: z.string().optional(),
    }),
  },
]
