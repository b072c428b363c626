import { z } from 'zod'
import type { EphemeralType } from '../../core/contract.ts'
import { accountActions, administratorActions, profileActions } from './contract/accounts.ts'
import { personSchema } from './contract/person.ts'
import { sessionActions } from './contract/sessions.ts'
import { keyActions } from './keys/contract.ts'

export { identityRates } from './limits.ts'
export { identityErrors } from './errors.ts'
export { personIn, personSchema, senderName } from './contract/person.ts'

export const identityActions = {
  ...accountActions,
  ...sessionActions,
  ...profileActions,
  ...keyActions,
  ...administratorActions,
}

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
