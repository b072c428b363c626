import { z } from 'zod'
import { type ActionContract, defineActions, plainText } from '../../../core/contract.ts'
import { nameText } from '../../../core/text/name.ts'
import { identityBounds } from '../bounds.ts'
import { registrations } from '../../server/contract.ts'
import { identityErrors } from '../errors.ts'
import { identityRates } from '../limits.ts'
import { personName } from './person.ts'
import {
  checkAccount,
  done,
  email,
  givenPassword,
  halfDay,
  hour,
  me,
  newPassword,
  revoked,
  user,
  withDevice,
} from './shapes.ts'

const {
  account_exists,
  already_set_up,
  invalid_credentials,
  invalid_password,
  invitation_needed,
  last_administrator,
  registration_closed,
  setup_token_invalid,
} = identityErrors

export const accountActions = defineActions({
  'identity.register': {
    summary: 'Makes an account. A guest who calls it becomes the account and keeps their rooms and messages.',
    input: hour.register,
    output: withDevice,
    http: [
      { method: 'POST', path: '/api/auth/register', status: 201 },
      { method: 'POST', path: '/api/register', status: 201, accepts: halfDay.register },
    ],
    caller: 'anyone',
    scope: 'none',
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
    scope: 'any',
    limit: 'read',
    errors: [],
  },
} satisfies Record<string, ActionContract>)

export const profileActions = defineActions({
  'identity.updateMe': {
    summary: 'Changes the name or (with the password) the e-mail address, or takes the picture away.',
    input: z.object({
      username: personName.optional(),
      email: email.optional(),
      password: givenPassword.optional().describe('Needed to change the e-mail address.'),
      avatar_url: z
        .null('A picture elsewhere is not taken: everyone who sees it would tell that server so')
        .optional()
        .describe('Null removes the picture; `POST /api/upload-avatar` sets one.'),
    }),
    output: me,
    http: [{ method: 'PATCH', path: '/api/auth/me' }],
    caller: 'user',
    scope: 'none',
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
    scope: 'none',
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
    scope: 'none',
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
    scope: 'none',
    limit: 'write',
    errors: [invalid_password, last_administrator, 'conflict'],
  },
} satisfies Record<string, ActionContract>)

export const administratorActions = defineActions({
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
    scope: 'none',
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
    scope: 'admin:write',
    roomless: true,
    limit: 'write',
    errors: ['not_found', last_administrator],
  },
} satisfies Record<string, ActionContract>)
