import { z } from 'zod'
import { defineActions, type EphemeralType, plainText } from '../../core/contract.ts'

/** What a person may be called: rule G1. */
export const personName = plainText(64, { trim: true })

/** What others see of a person: rule P1. */
export const profileSchema = z.object({
  id: z.string(),
  name: z.string(),
  avatar_url: z.string().nullable(),
  guest: z.boolean(),
})

const signedIn = z.object({
  user: z.object({
    id: z.string(),
    username: z.string(),
    email: z.string().nullable(),
    guest: z.boolean(),
    avatar_url: z.string().nullable(),
    created_at: z.iso.datetime(),
  }),
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.int().describe('Seconds until the access token expires.'),
})

export const identityActions = defineActions({
  'identity.signInGuest': {
    summary: 'Comes in under a name, without an account.',
    input: z.object({ name: personName }),
    output: signedIn,
    http: [{ method: 'POST', path: '/api/auth/guest', status: 201 }],
    caller: 'anyone',
    limit: 'sign_in',
    errors: ['guests_not_allowed'],
  },
})

export const identityEphemerals: readonly EphemeralType[] = [
  {
    name: 'connected',
    summary: 'The first event on every socket: who you are here, and for a guest the token to come back with.',
    payload: z.object({
      sid: z.string(),
      user: profileSchema,
      server_time: z.iso.datetime(),
      protocol: z.int(),
      access_token: z.string().optional(),
    }),
  },
]
